--
-- iam_assumable_roles, iam_assume_paths (WHO-1, WHO-3, STS-2..5)
--
\set ON_ERROR_ROLLBACK on
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set file :abs_srcdir '/fixtures/import/trusts.json'
\set document `cat :'file'`
\set file :abs_srcdir '/fixtures/import/other-account.json'
\set other `cat :'file'`
SET jit = off;
BEGIN;
SELECT count(*) > 0 AS imported FROM iam_import(:'document');
SELECT count(*) > 0 AS imported FROM iam_import(:'other');

-- directly, and in chains
SELECT role, account_id, decision, hops, crosses_account FROM iam_assumable_roles('arn:aws:iam::111122223333:user/named');
SELECT role, decision, hops, path, conditions FROM iam_assumable_roles('arn:aws:iam::111122223333:user/named', 5) WHERE hops > 1;
-- what the request must bring
SELECT role, decision FROM iam_assumable_roles('arn:aws:iam::111122223333:user/named', context => '{"aws:MultiFactorAuthPresent": "true"}') WHERE role LIKE '%/mfa';
SELECT role, decision FROM iam_assumable_roles('arn:aws:iam::111122223333:user/named', unknown_context => false) WHERE role LIKE '%/mfa';
-- services, providers, principals of accounts that are not in the tables, the root user (STS-9)
SELECT role, decision FROM iam_assumable_roles('lambda.amazonaws.com');
SELECT role, decision, conditions FROM iam_assumable_roles('arn:aws:iam::111122223333:saml-provider/corp');
SELECT role, decision FROM iam_assumable_roles('arn:aws:iam::999900001111:role/partner');
SELECT role, decision FROM iam_assumable_roles('111122223333');
-- the denied ones too
SELECT decision, count(*) FROM iam_assumable_roles('arn:aws:iam::111122223333:user/denied', include_denied => true) GROUP BY 1 ORDER BY 1;

-- from one to the other, each step evaluated
SELECT hops, path, decision, conditions FROM iam_assume_paths('arn:aws:iam::111122223333:user/named', 'arn:aws:iam::111122223333:role/chain3');
SELECT s.* FROM iam_assume_paths('arn:aws:iam::111122223333:user/named', 'arn:aws:iam::111122223333:role/chain3') AS p,
	jsonb_to_recordset(p.steps) AS s (principal text, role text, decision iam_decision, conditions jsonb);
SELECT count(*) FROM iam_assume_paths('arn:aws:iam::111122223333:user/named', 'arn:aws:iam::111122223333:role/chain3', 2);
SELECT hops, path, crosses_account FROM iam_assume_paths('arn:aws:iam::111122223333:user/assumer', 'arn:aws:iam::444455556666:role/TARGET');

-- both ends give the same answers, and iam_evaluate the same verdicts
SELECT count(*) AS paths, count(*) FILTER (WHERE f.decision IS DISTINCT FROM b.decision OR f.conditions IS DISTINCT FROM b.conditions) AS different
FROM (SELECT i.arn::text AS principal, r.role, r.hops, r.path, r.decision, r.conditions
	  FROM iam_identity AS i CROSS JOIN LATERAL iam_assumable_roles(i.arn::text, 1) AS r WHERE i.kind <> 'group') AS f
FULL JOIN (SELECT w.principal, j.arn::text AS role, w.hops, w.path, w.decision, w.conditions
		   FROM iam_identity AS j CROSS JOIN LATERAL iam_who_can_assume(j.arn::text, 1) AS w
		   WHERE j.kind = 'role' AND w.principal IN (SELECT i.arn::text FROM iam_identity AS i)) AS b USING (principal, role, hops, path);
SELECT count(*) AS paths, count(*) FILTER (WHERE f.decision IS DISTINCT FROM b.decision) AS different
FROM (SELECT i.arn::text AS principal, r.role, r.hops, r.path, r.decision
	  FROM iam_identity AS i CROSS JOIN LATERAL iam_assumable_roles(i.arn::text, 5) AS r WHERE i.kind <> 'group') AS f
FULL JOIN (SELECT w.principal, j.arn::text AS role, w.hops, w.path, w.decision
		   FROM iam_identity AS j CROSS JOIN LATERAL iam_who_can_assume(j.arn::text, 5) AS w
		   WHERE j.kind = 'role' AND w.principal IN (SELECT i.arn::text FROM iam_identity AS i)) AS b USING (principal, role, hops, path);
SELECT u.u AS unknown_context, count(*) AS pairs, count(*) FILTER (WHERE iam_evaluate(r.principal, 'sts:AssumeRole', r.role, unknown_context => u.u) <> r.decision) AS different
FROM (VALUES (true), (false)) AS u (u)
CROSS JOIN LATERAL (SELECT i.arn::text AS principal, r.role, r.decision FROM iam_identity AS i
					CROSS JOIN LATERAL iam_assumable_roles(i.arn::text, 1, '{}', u.u, true) AS r WHERE i.kind <> 'group') AS r
GROUP BY 1 ORDER BY 1;

-- what cannot be asked
SELECT * FROM iam_assumable_roles('arn:aws:iam::111122223333:user/nosuch');
SELECT * FROM iam_assumable_roles('arn:aws:iam::111122223333:user/named', 0);
SELECT * FROM iam_assumable_roles('arn:aws:iam::111122223333:user/named', max_paths => 0);
SELECT * FROM iam_assume_paths('arn:aws:iam::111122223333:user/named', 'arn:aws:iam::111122223333:role/nosuch');
SELECT count(*) FROM iam_assumable_roles(NULL);
SELECT count(*) FROM iam_assume_paths(NULL, NULL);
ROLLBACK;
