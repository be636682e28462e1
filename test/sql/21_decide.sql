--
-- Row-level evaluation: iam_policy_effect over rows, iam_decide, iam_decide_conditions, iam_explain_policies
--
\pset null '(null)'

-- who may read one object: policies as rows, the caller a column
CREATE TABLE holding (account text, principal text, kind iam_policy_kind, level integer, name text, policy iam_policy);
INSERT INTO holding VALUES
('111122223333', 'arn:aws:iam::111122223333:user/alice', 'identity', 0, 'read', '{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}'),
('111122223333', 'arn:aws:iam::111122223333:user/bob', 'identity', 0, 'read', '{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}'),
('111122223333', 'arn:aws:iam::111122223333:user/bob', 'boundary', 0, 'ec2 only', '{"Statement": {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}}'),
('111122223333', 'arn:aws:iam::111122223333:user/carol', 'identity', 0, 'read', '{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}'),
('111122223333', 'arn:aws:iam::111122223333:user/carol', 'identity', 0, 'no', '{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}'),
('111122223333', 'arn:aws:iam::111122223333:user/dave', 'identity', 0, 'own', '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/${aws:username}/*"}}'),
('111122223333', 'arn:aws:iam::111122223333:user/erin', 'identity', 0, 'mfa', '{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}, "IpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}}}}'),
('111122223333', 'arn:aws:iam::111122223333:user/frank', 'identity', 0, 'broken', NULL),
('111122223333', 'arn:aws:iam::111122223333:user/grace', NULL, NULL, NULL, NULL),
('111122223333', 'arn:aws:iam::111122223333:role/heidi', 'identity', 0, 'read', '{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}'),
('111122223333', 'arn:aws:iam::111122223333:role/heidi', 'scp', 0, 'root', '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}');

PREPARE who_can(iam_request) AS
SELECT principal,
	iam_decide($1, c, kind, level, iam_policy_effect(policy, kind, $1, c)) AS decision,
	iam_decide_conditions($1, c, kind, level, iam_policy_effect(policy, kind, $1, c)) AS conditions
FROM holding, iam_caller(principal, '{}') c GROUP BY principal ORDER BY principal;

EXECUTE who_can(iam_request('s3:GetObject', 'arn:aws:s3:::b/dave/k', unknown_context => true, resource_account => '111122223333'));
EXECUTE who_can(iam_request('s3:GetObject', 'arn:aws:s3:::b/dave/k', resource_account => '111122223333'));
EXECUTE who_can(iam_request('s3:PutObject', 'arn:aws:s3:::b/dave/k', unknown_context => true, resource_account => '111122223333'));

-- levels are gates of their own; an unreadable policy makes its level unknown
SELECT level2, iam_decide(r, c, kind, level, iam_policy_effect(policy, kind, r, c)) AS decision
FROM (VALUES (NULL::iam_policy), ('{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'),
		('{"Statement": {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}}')) l (level2),
	(SELECT iam_request('s3:GetObject', 'arn:aws:s3:::b/k'), iam_caller('arn:aws:iam::111122223333:user/u', '{}')) q (r, c),
	LATERAL (VALUES ('identity'::iam_policy_kind, 0, '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'::iam_policy),
		('scp', 0, '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'), ('scp', 1, level2)) v (kind, level, policy)
GROUP BY level2 ORDER BY level2;
-- a gate that exists and holds no policy: an empty SCP level denies
SELECT iam_decide(r, c, kind, level, CASE WHEN policy IS NOT NULL THEN iam_policy_effect(policy, kind, r, c) END) AS empty_level
FROM (SELECT iam_request('s3:GetObject', 'arn:aws:s3:::b/k'), iam_caller('arn:aws:iam::111122223333:user/u', '{}')) q (r, c),
	LATERAL (VALUES ('identity'::iam_policy_kind, 0, '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'::iam_policy),
		('scp', 0, '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'), ('scp', 1, NULL)) v (kind, level, policy);

-- nothing asked is a deny; half a question is an error, as is a level there cannot be
SELECT iam_decide(NULL, NULL, NULL, NULL, NULL), iam_decide_conditions(NULL, NULL, NULL, NULL, NULL);
SELECT iam_decide(iam_request('s3:GetObject', '*'), NULL, 'identity', 0, NULL);
SELECT iam_decide(NULL, iam_caller('anonymous', '{}'), 'identity', 0, NULL);
SELECT iam_decide(iam_request('s3:GetObject', '*'), iam_caller('anonymous', '{}'), 'scp', 16, NULL);
SELECT iam_decide(iam_request('s3:GetObject', '*'), iam_caller('anonymous', '{}'), 'rcp', -1, NULL);
SELECT iam_decide(r, c, 'identity', 0, e) FROM (SELECT NULL::iam_request, NULL::iam_caller, NULL::iam_effect) x (r, c, e) WHERE false;

-- NULLs of iam_policy_effect: no kind or request, no effect; no policy, an unknown effect; no caller only where it does not matter
SELECT iam_policy_effect(NULL, NULL, iam_request('s3:GetObject', '*')) AS no_kind, iam_policy_effect(NULL, 'identity', NULL) AS no_request;
SELECT iam_policy_effect(policy, 'identity', r, NULL)::text = iam_policy_effect(policy, 'identity', r, iam_caller(principal, '{}'))::text AS same, name, principal
FROM (SELECT policy, r, name, principal FROM holding, (SELECT iam_request('s3:GetObject', 'arn:aws:s3:::b/dave/k')) q (r) WHERE kind = 'identity' AND policy IS NOT NULL) x
ORDER BY principal, name;

-- workers: the same answers from partial states
INSERT INTO holding SELECT account, principal || '/' || i, kind, level, name, policy
FROM holding, generate_series(1, 2000) i WHERE principal LIKE '%user%';
ANALYZE holding;
CREATE TEMP TABLE answer AS
SELECT principal, iam_decide(r, c, kind, level, iam_policy_effect(policy, kind, r, c)) AS decision,
	iam_decide_conditions(r, c, kind, level, iam_policy_effect(policy, kind, r, c)) AS conditions
FROM holding, iam_caller(principal, '{}') c, (SELECT iam_request('s3:GetObject', 'arn:aws:s3:::b/dave/k', unknown_context => true)) q (r)
GROUP BY principal;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2;
CREATE TEMP TABLE partial AS
SELECT principal, iam_decide(r, c, kind, level, iam_policy_effect(policy, kind, r, c)) AS decision,
	iam_decide_conditions(r, c, kind, level, iam_policy_effect(policy, kind, r, c)) AS conditions
FROM holding, iam_caller(principal, '{}') c, (SELECT iam_request('s3:GetObject', 'arn:aws:s3:::b/dave/k', unknown_context => true)) q (r)
GROUP BY principal;
-- one state per worker, serialized and combined
PREPARE by_kind AS
SELECT iam_decide(r, c, kind, level, e) AS decision, iam_decide_conditions(r, c, kind, level, e) AS conditions
FROM holding, (SELECT iam_request('s3:GetObject', 'arn:aws:s3:::b/dave/k', unknown_context => true, resource_account => '111122223333'),
		iam_caller('arn:aws:iam::111122223333:user/erin', '{}')) q (r, c), LATERAL (SELECT iam_policy_effect(policy, kind, r, c)) f (e)
WHERE name IN ('mfa', 'own') OR kind = 'scp';
EXPLAIN (COSTS OFF) EXECUTE by_kind;
EXECUTE by_kind;
SET max_parallel_workers_per_gather = 0;
EXECUTE by_kind;
DEALLOCATE by_kind;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size; RESET max_parallel_workers_per_gather;
SELECT decision, count(*) FROM answer GROUP BY decision ORDER BY decision;
SELECT count(*) FROM (SELECT * FROM answer EXCEPT SELECT * FROM partial) x;
SELECT count(*) FROM (SELECT * FROM partial EXCEPT SELECT * FROM answer) x;

-- several requests in one query do not mix
SELECT action, count(*) FILTER (WHERE decision = 'allowed') AS allowed
FROM (SELECT action, principal, iam_decide(r, c, kind, level, iam_policy_effect(policy, kind, r, c)) AS decision
	FROM holding, iam_caller(principal, '{}') c, (VALUES ('s3:GetObject'), ('s3:PutObject'), ('ec2:RunInstances')) a (action),
		iam_request(action, 'arn:aws:s3:::b/k', resource_account => '111122223333') r
	GROUP BY action, principal) x
GROUP BY action ORDER BY action;
DROP TABLE holding;

-- explanations over rows
SELECT jsonb_pretty(iam_explain_policies(r, c, kind, level, name, policy, present, ARRAY['The sun rises tomorrow.']))
FROM (SELECT iam_request('s3:GetObject', 'arn:aws:s3:::b/k', resource_account => '111122223333'), iam_caller('arn:aws:iam::111122223333:user/u', '{}')) q (r, c),
	(VALUES ('identity'::iam_policy_kind, 0, 'inline', '{"Statement": {"Sid": "all", "Effect": "Allow", "Action": "*", "Resource": "*"}}'::iam_policy, true),
		('boundary', 0, 'limits', NULL, true), ('scp', 0, 'p-1', '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}', true), ('scp', 1, NULL, NULL, false)) v (kind, level, name, policy, present);
SELECT iam_explain_policies(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
SELECT iam_explain_policies(r, c, NULL, NULL, NULL, NULL, NULL, NULL) ->> 'decision' AS decision
FROM (SELECT iam_request('s3:GetObject', '*'), iam_caller('anonymous', '{}')) q (r, c);

-- the properties of the functions
SELECT p.oid::regprocedure, provolatile AS v, proisstrict AS strict, proparallel AS p
FROM pg_proc p JOIN pg_language l ON l.oid = prolang AND lanname = 'c' JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
	JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'iam'
WHERE proname IN ('iam_request', 'iam_caller', 'iam_policy_effect', 'iam_decide_step', 'iam_decide_conditions_step', 'iam_decide_combine',
	'iam_decide_serialize', 'iam_decide_deserialize', 'iam_decide_final', 'iam_decide_conditions_final', 'iam_explain_policies_step',
	'iam_explain_policies_final', 'iam_evaluate', 'iam_explain', 'iam_policy_statements', 'iam_policy_validate', 'iam_policy_may_match',
	'iam_action_matches', 'iam_unique_id_kind', 'iam_version')
ORDER BY p.oid::regprocedure::text COLLATE "C";
