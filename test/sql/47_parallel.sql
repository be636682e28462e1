--
-- Parallel query: row-level functions, indexes and aggregates in workers, and the questions over everybody inside
-- of one and with workers of their own; the answers are those of one process
--
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set file :abs_srcdir '/fixtures/import/account.json'
\set document `cat :'file'`
\set file :abs_srcdir '/fixtures/import/organization.json'
\set organization `cat :'file'`
\set file :abs_srcdir '/fixtures/import/other-account.json'
\set other `cat :'file'`
SET jit = off;
-- a plan without the mark that servers from 18 on put on what a setting disables, without what is filtered and which function a question is made of
CREATE FUNCTION pg_temp.plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		IF line !~ '^ *(Disabled|Filter|Recheck Cond|Index Cond): ' THEN
			RETURN NEXT regexp_replace(line, 'Function Scan on .*', 'Function Scan');
		END IF;
	END LOOP;
END $$;

CREATE TABLE parallel_holding AS
SELECT format('arn:aws:iam::111122223333:user/u%s', i % 20)::arn AS principal,
	format('{"Statement": {"Effect": "%s", "Action": "%s", "Resource": "arn:aws:s3:::b/%s*"%s}}', CASE WHEN i % 1201 = 0 THEN 'Deny' ELSE 'Allow' END,
		(ARRAY['s3:Get*', 's3:PutObject', 'ec2:*', 'sqs:SendMessage', 'sqs:*', 'sns:Publish', 'kms:*'])[1 + i % 7], (ARRAY['x/', 'y/', '${aws:username}/', ''])[1 + i % 20 % 4],
		CASE WHEN i % 20 < 10 THEN format(', "Condition": {"StringEquals": {"k": "v%s"}}', i % 5) ELSE '' END)::iam_policy AS policy
FROM generate_series(1, 12000) i;
CREATE INDEX parallel_holding_index ON parallel_holding USING gin (policy);
ALTER TABLE parallel_holding SET (parallel_workers = 2);
ANALYZE parallel_holding;

PREPARE allowing AS
SELECT count(*), max(principal::text) FROM parallel_holding
WHERE iam_effect_allows(iam_policy_effect(policy, 'identity', iam_request('s3:PutObject', 'arn:aws:s3:::b/u3/k', unknown_context => true), iam_caller(principal))) IS NOT FALSE;
PREPARE concerned AS
SELECT count(*), max(principal::text) FROM parallel_holding WHERE policy @@ iam_request('s3:PutObject', '*');
PREPARE decisions AS
SELECT principal, iam_decide(r, iam_caller(principal), 'identity', 0, iam_policy_effect(policy, 'identity', r, iam_caller(principal))) AS decision,
	iam_decide_conditions(r, iam_caller(principal), 'identity', 0, iam_policy_effect(policy, 'identity', r, iam_caller(principal))) AS conditions
FROM parallel_holding CROSS JOIN iam_request('s3:PutObject', 'arn:aws:s3:::b/u2/k', unknown_context => true) AS r
GROUP BY principal;

SET max_parallel_workers_per_gather = 0;
EXECUTE allowing;
SET enable_indexscan = off; SET enable_bitmapscan = off;
EXECUTE concerned;
RESET enable_indexscan; RESET enable_bitmapscan;
CREATE TEMP TABLE decided AS EXECUTE decisions;
DISCARD PLANS;

SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET min_parallel_index_scan_size = 0;
-- a scan of the whole table
SET enable_bitmapscan = off;
SELECT pg_temp.plan('EXECUTE allowing');
EXECUTE allowing;
RESET enable_bitmapscan;
-- the index is read by one, what it finds by all
SET enable_seqscan = off;
SELECT pg_temp.plan('EXECUTE concerned');
EXECUTE concerned;
RESET enable_seqscan;
-- a state for each principal and worker, sent and combined
SET enable_hashagg = off; SET enable_bitmapscan = off;
SELECT pg_temp.plan('EXECUTE decisions');
CREATE TEMP TABLE decided_sorted AS EXECUTE decisions;
RESET enable_hashagg;
DISCARD PLANS;
CREATE TEMP TABLE decided_by_workers AS EXECUTE decisions;
RESET enable_bitmapscan;
SELECT decision, count(*), count(conditions) AS with_conditions FROM decided GROUP BY decision ORDER BY decision;
SELECT (SELECT count(*) FROM (SELECT * FROM decided EXCEPT SELECT * FROM decided_by_workers) x) AS missing,
	(SELECT count(*) FROM (SELECT * FROM decided_by_workers EXCEPT SELECT * FROM decided) x) AS extra,
	(SELECT count(*) FROM (SELECT * FROM decided EXCEPT SELECT * FROM decided_sorted) x) AS missing_sorted,
	(SELECT count(*) FROM (SELECT * FROM decided_sorted EXCEPT SELECT * FROM decided) x) AS extra_sorted;
DEALLOCATE ALL;
DROP TABLE parallel_holding;

-- the questions: answered by one process, with workers for the queries inside of them, and inside of a worker
RESET max_parallel_workers_per_gather;
BEGIN;
SELECT count(*) > 0 AS imported FROM iam_import(:'document');
SELECT count(*) > 0 AS imported FROM iam_import(:'other');
SELECT count(*) > 0 AS imported FROM iam_import(:'organization');
SELECT iam_assume_edge_refresh() > 0 AS edges;
ANALYZE iam_identity, iam_attachment, iam_inline_policy, iam_customer_policy, iam_trust;
PREPARE questions AS
WITH few AS (
	SELECT i.arn, i.kind, i.n FROM (SELECT arn, kind, row_number() OVER (PARTITION BY kind ORDER BY arn) AS n FROM iam_identity WHERE kind <> 'group') i WHERE i.n <= 2)
SELECT question, count(*) AS rows, md5(string_agg(answer, E'\n' ORDER BY answer COLLATE "C")) AS answers FROM (
	SELECT 'iam_evaluate', i.arn::text || ' ' || iam_evaluate(i.arn::text, 's3:GetObject', 'arn:aws:s3:::data/public/k', unknown_context => true) FROM iam_identity i WHERE i.kind <> 'group'
	UNION ALL SELECT 'iam_explain', iam_explain(i.arn::text, 's3:GetObject', 'arn:aws:s3:::data/public/k')::text FROM few i
	UNION ALL SELECT 'iam_who_can', w::text FROM iam_who_can('s3:GetObject', 'arn:aws:s3:::data/public/k', include_denied => true) w
	UNION ALL SELECT 'iam_who_can_assume', w::text FROM few i, iam_who_can_assume(i.arn::text, max_hops => 2, include_denied => true) w WHERE i.kind = 'role'
	UNION ALL SELECT 'iam_assumable_roles', w::text FROM few i, iam_assumable_roles(i.arn::text, max_hops => 2) w WHERE i.n = 1
	UNION ALL SELECT 'iam_which_actions', w::text FROM few i, iam_which_actions(i.arn::text, 'arn:aws:s3:::data') w WHERE i.n = 1
	UNION ALL SELECT 'iam_which_resources', w::text FROM few i, iam_which_resources(i.arn::text, 's3:GetObject') w WHERE i.n = 1
	UNION ALL SELECT 'iam_effective_permissions', w::text FROM few i, iam_effective_permissions(i.arn::text) w WHERE i.kind = 'role' AND i.n = 1
	UNION ALL SELECT 'iam_assume_closure', w::text FROM iam_assume_closure((SELECT array_agg(arn ORDER BY arn) FROM iam_identity WHERE kind = 'role')) w
	UNION ALL SELECT 'iam_cross_account_access', w::text FROM iam_cross_account_access w
	UNION ALL SELECT 'iam_review_administrators', w::text FROM iam_review_administrators w) AS q (question, answer)
GROUP BY question;
SET max_parallel_workers_per_gather = 0;
CREATE TEMP TABLE by_one AS EXECUTE questions;
DISCARD PLANS;
SET max_parallel_workers_per_gather = 2;
CREATE TEMP TABLE with_workers AS EXECUTE questions;
DISCARD PLANS;
SELECT CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'debug_parallel_query' ELSE 'force_parallel_mode' END AS forced \gset
RESET max_parallel_workers_per_gather; RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size; RESET min_parallel_index_scan_size;
SET :forced = on;
SELECT pg_temp.plan($$SELECT * FROM iam_who_can('s3:GetObject', 'arn:aws:s3:::data/public/k')$$);
CREATE TEMP TABLE in_worker AS EXECUTE questions;
RESET :forced;
SELECT question, s.rows > 0 AS answered, s.answers = l.answers AS with_workers, s.answers = w.answers AS in_worker
FROM by_one s FULL JOIN with_workers l USING (question) FULL JOIN in_worker w USING (question)
ORDER BY question COLLATE "C";
ROLLBACK;
DEALLOCATE ALL;
