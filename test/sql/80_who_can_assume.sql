--
-- iam_who_can_assume
--
\set ON_ERROR_ROLLBACK on
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set file :abs_srcdir '/fixtures/import/trusts.json'
\set document `cat :'file'`
\set file :abs_srcdir '/fixtures/import/other-account.json'
\set other `cat :'file'`
BEGIN;
SELECT count(*) > 0 AS imported FROM iam_import(:'document');
SELECT count(*) > 0 AS imported FROM iam_import(:'other');

-- the account is named: those whose identity side allows it (STS-2), without root (STS-9)
SELECT principal, kind, account_id, decision, hops, path, conditions, crosses_account FROM iam_who_can_assume('arn:aws:iam::111122223333:role/byaccount');
-- named principals need no identity side, but their boundary must allow (STS-2a); ids of stored principals match, others nobody (PRIN-10)
SELECT principal, kind, decision, conditions FROM iam_who_can_assume('arn:aws:iam::111122223333:role/byname');
-- services, accounts, roles and providers that are not in the tables (WHO-2, STS-11, STS-12, STS-13)
SELECT principal, kind, account_id, decision, crosses_account FROM iam_who_can_assume('arn:aws:iam::111122223333:role/outside');
SELECT principal, jsonb_pretty(conditions) FROM iam_who_can_assume('arn:aws:iam::111122223333:role/outside') WHERE kind IN ('account', 'provider');
-- what the request must bring (WHO-1), and the same when it does
SELECT principal, decision, conditions FROM iam_who_can_assume('arn:aws:iam::111122223333:role/mfa');
SELECT principal, decision, conditions FROM iam_who_can_assume('arn:aws:iam::111122223333:role/mfa', context => '{"aws:MultiFactorAuthPresent": "true"}');
SELECT principal, decision, conditions FROM iam_who_can_assume('arn:aws:iam::111122223333:role/mfa', unknown_context => false);
SELECT principal, decision, conditions FROM iam_who_can_assume('arn:aws:iam::111122223333:role/bysession');
-- everybody, as far as a condition goes
SELECT principal, kind, decision, conditions, crosses_account FROM iam_who_can_assume('arn:aws:iam::111122223333:role/anyone');
-- a trust policy that could not be read: unknown
SELECT kind, decision, count(*) FROM iam_who_can_assume('arn:aws:iam::111122223333:role/unreadable') GROUP BY 1, 2 ORDER BY 1, 2;

-- chains (WHO-3): shortest paths, cycles cut, conditions of all steps
SELECT principal, decision, hops, path, conditions FROM iam_who_can_assume('arn:aws:iam::111122223333:role/chain2');
SELECT principal, decision, hops, path, conditions FROM iam_who_can_assume('arn:aws:iam::111122223333:role/chain2', 5);
SELECT principal, decision, hops, path, conditions FROM iam_who_can_assume('arn:aws:iam::111122223333:role/chain3', 5);
-- across accounts
SELECT principal, decision, hops, path, crosses_account FROM iam_who_can_assume('arn:aws:iam::444455556666:role/target', 3);
SELECT principal, kind, decision, hops FROM iam_who_can_assume('arn:aws:iam::444455556666:role/target', 3, max_paths => 1) WHERE hops > 1;
-- the denied ones too
SELECT principal, decision FROM iam_who_can_assume('arn:aws:iam::111122223333:role/byaccount', include_denied => true) WHERE kind = 'user';

-- the answers are those of iam_evaluate, for everybody and every role
SELECT count(*) AS pairs, count(*) FILTER (WHERE d.decision IS DISTINCT FROM iam_evaluate(i.arn::text, 'sts:AssumeRole', r.arn::text, unknown_context => true)) AS different
FROM iam_identity AS i
CROSS JOIN iam_identity AS r
LEFT JOIN LATERAL (SELECT w.decision FROM iam_who_can_assume(r.arn::text, include_denied => true) AS w WHERE w.principal = i.arn::text) AS d ON true
WHERE i.kind <> 'group' AND r.kind = 'role';

-- letter case, and what is no role
SELECT count(*) FROM iam_who_can_assume('arn:aws:iam::111122223333:role/BYNAME');
SELECT * FROM iam_who_can_assume('arn:aws:iam::111122223333:role/nosuch');
SELECT * FROM iam_who_can_assume('byname');
SELECT * FROM iam_who_can_assume('arn:aws:iam::111122223333:user/named');
SELECT * FROM iam_who_can_assume('arn:aws:iam::111122223333:role/byname', 0);
SELECT * FROM iam_who_can_assume('arn:aws:iam::111122223333:role/byname', max_paths => 0);
SELECT count(*) FROM iam_who_can_assume(NULL);
-- entries that name nobody who can ask do not stand in the way of those that do
UPDATE iam_trust SET policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{
	"AWS":["arn:aws:sts::999999999999:user/x","arn:aws:iam::999999999999:user/x/","arn:aws:iam::999999999999:user//x","arn:aws:iam::999999999999:group/g",
		   "arn:a b:iam::999999999999:root","AROAEXAMPLEUNKNOWN","not a principal","arn:aws:iam::999999999999:user/good"],
	"Service":["EC2.AMAZONAWS.COM","*.amazonaws.com","ec2.amazonaws.com"],"Federated":["arn:aws:iam::1:oidc-provider/x","example.com"],
	"CanonicalUser":"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}}]}'
WHERE role_arn = 'arn:aws:iam::111122223333:role/anyone'::arn;
SELECT principal, kind, decision FROM iam_who_can_assume('arn:aws:iam::111122223333:role/anyone', include_denied => true) WHERE decision >= 'conditional' OR kind NOT IN ('user', 'role');
ROLLBACK;
