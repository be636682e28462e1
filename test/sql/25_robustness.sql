--
-- Hostile and unlucky input: work that goes on for ever can be cancelled, damaged images and binary forms are errors,
-- spilled and parallel states decide alike, encodings that lack a character
--
\set VERBOSITY terse
SET client_min_messages = warning;

-- long work polls for interrupts
CREATE FUNCTION pg_temp.ask(context json, condition json) RETURNS json LANGUAGE sql AS $$
SELECT json_build_object('principal', 'arn:aws:iam::111122223333:user/u', 'action', 's3:GetObject', 'resource', '*', 'context', context,
	'identity_policies', json_build_array(json_build_object('Statement',
		json_build_object('Effect', 'Allow', 'Action', '*', 'Resource', '*', 'Condition', condition))))
$$;
SET statement_timeout = '500ms';
-- one pattern that is too long to be simulated
SELECT iam_evaluate(pg_temp.ask(json_build_object('k', repeat('a', 2000000)),
	json_build_object('StringLike', json_build_object('k', '*' || repeat('a', 200000) || 'b'))));
-- many patterns over one long text
SELECT iam_evaluate(pg_temp.ask(json_build_object('k', repeat('a', 2000000)),
	json_build_object('StringLike', json_build_object('k', (SELECT json_agg('*' || repeat('a', 1000) || '?b' || i) FROM generate_series(1, 900) i)))));
-- many values in many
SELECT iam_evaluate(pg_temp.ask(json_build_object('k', (SELECT json_agg(i::text) FROM generate_series(1, 100000) i)),
	json_build_object('ForAnyValue:StringEquals', json_build_object('k', (SELECT json_agg('x' || i) FROM generate_series(1, 60000) i)))));
-- what is longer than any action is none
SELECT iam_action_matches('s3:*' || repeat('a', 200000) || 'b', 's3:' || repeat('a', 1000000));
RESET statement_timeout;

-- images of iam_effect: cut short, of another type, with formulas outside of it, with counts that it cannot hold
CREATE TEMP TABLE image (effect text);
INSERT INTO image SELECT iam_policy_effect('{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"z": "q"}}}}',
	'identity', iam_request('s3:GetObject', '*', unknown_context => true), iam_caller('arn:aws:iam::111122223333:user/u', '{}'))::text;
CREATE FUNCTION pg_temp.is_effect(image text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	RETURN image::iam_effect::text = image;
EXCEPTION WHEN invalid_text_representation THEN
	RETURN false;
END $$;
SELECT pg_temp.is_effect(effect) FROM image;
SELECT count(*) FILTER (WHERE pg_temp.is_effect(left(effect, n))) AS accepted, count(*) AS tried
FROM image, generate_series(0, length(effect) - 1) n;
SELECT pg_temp.is_effect(overlay(effect PLACING '03' FROM 3 FOR 2)) AS other_type,
	pg_temp.is_effect(overlay(effect PLACING 'ffffff7f' FROM 33 FOR 8)) AS formula_outside,
	pg_temp.is_effect(overlay(effect PLACING '04ffffff7f' FROM 119 FOR 10)) AS many_children
FROM image;
-- every byte changed: an error or an effect, and what is taken can be decided over
SELECT count(*) FILTER (WHERE d IS NULL) AS undecided
FROM (SELECT iam_decide(iam_request('s3:GetObject', '*'), iam_caller('arn:aws:iam::111122223333:user/u', '{}'), 'identity', 0, e::iam_effect) AS d
	FROM image, generate_series(1, length(effect) - 1, 2) n, (VALUES ('00'), ('01'), ('02'), ('04'), ('7f'), ('ff')) v (byte),
		LATERAL (SELECT overlay(effect PLACING byte FROM n FOR 2)) o (e)
	WHERE pg_temp.is_effect(e) GROUP BY n, byte) x;

-- states that spill to disk, in workers, over sorted rows, in window frames: one answer
CREATE TABLE crowd AS
SELECT 'arn:aws:iam::111122223333:user/u' || i % 3000 AS principal,
	format('{"Statement": {"Effect": "%s", "Action": "s3:Get*", "Resource": "*"%s}}', CASE WHEN i % 11 = 0 THEN 'Deny' ELSE 'Allow' END,
		CASE WHEN i % 3 = 0 THEN format(', "Condition": {"StringEquals": {"k": "v%s"}}', i % 5) ELSE '' END)::iam_policy AS policy
FROM generate_series(1, 12000) i;
ALTER TABLE crowd SET (parallel_workers = 2);
ANALYZE crowd;
PREPARE answers(iam_request) AS
SELECT md5(string_agg(concat_ws(' ', principal, decision, conditions), ',' ORDER BY principal)) AS answers FROM (
	SELECT principal, iam_decide($1, c, 'identity', 0, iam_policy_effect(policy, 'identity', $1, c)) AS decision,
		iam_decide_conditions($1, c, 'identity', 0, iam_policy_effect(policy, 'identity', $1, c)) AS conditions
	FROM crowd, iam_caller(principal, '{}') c GROUP BY principal) x;
SET max_parallel_workers_per_gather = 0;
SET work_mem = '64MB';
EXECUTE answers(iam_request('s3:GetObject', '*', unknown_context => true)) \gset memory_
SET work_mem = '64kB';
SET enable_sort = off;
EXECUTE answers(iam_request('s3:GetObject', '*', unknown_context => true)) \gset spilled_
RESET enable_sort;
SET enable_hashagg = off;
EXECUTE answers(iam_request('s3:GetObject', '*', unknown_context => true)) \gset sorted_
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
EXECUTE answers(iam_request('s3:GetObject', '*', unknown_context => true)) \gset workers_sorted_
RESET enable_hashagg;
RESET work_mem;
EXECUTE answers(iam_request('s3:GetObject', '*', unknown_context => true)) \gset workers_
SELECT length(:'memory_answers') AS length, :'spilled_answers' = :'memory_answers' AS spilled, :'sorted_answers' = :'memory_answers' AS sorted,
	:'workers_sorted_answers' = :'memory_answers' AS sorted_by_workers, :'workers_answers' = :'memory_answers' AS workers;
DROP TABLE crowd;

-- a database whose encoding lacks most characters
CREATE DATABASE iam_regress_latin1 TEMPLATE template0 ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C';
SELECT current_database() AS home \gset
\c iam_regress_latin1
\set VERBOSITY default
SET client_encoding = 'UTF8';
CREATE EXTENSION iam;
SELECT 'arn:aws:s3:::b/ü'::arn, arn_resource('arn:aws:s3:::b/ü'), 'arn:aws:s3:::b/?*'::arn_pattern ~ 'arn:aws:s3:::b/ü'::arn AS one_character;
SELECT 'ü'::arn;
SELECT '{"Statement": {"Sid": "\u00fc", "Effect": "Allow", "Action": "*", "Resource": "*"}}'::iam_policy;
-- nothing gets in that cannot be shown
SELECT '{"Statement": {"Sid": "\u4e2d", "Effect": "Allow", "Action": "*", "Resource": "*"}}'::iam_policy;
SELECT * FROM iam_policy_try('{"Statement": {"Sid": "\u4e2d", "Effect": "Allow", "Action": "*", "Resource": "*"}}');
-- reports never fail for what they quote
SELECT * FROM iam_policy_try('{"Statement": {"\u4e2d\u00fc": "1", "Effect": "Allow", "Action": "*", "Resource": "*"}}');
SELECT code, json_path, message FROM iam_policy_validate('{"Statement": {"\u4e2d\u00fc": 1, "Effect": "Allow", "Action": "*", "Resource": "*"}}', 'identity');
SELECT '{"Statement": {"\u4e2d\u00fc": "1", "Effect": "Allow", "Action": "*", "Resource": "*"}}'::iam_policy;
-- requests and callers keep theirs, escaped, and come back the same
CREATE TABLE asked AS SELECT iam_request('s3:GetObject', '*', '{"k": "\u00fc\u4e2d\ud83d\ude00"}') AS request,
	iam_caller('arn:aws:iam::111122223333:user/u', '{}', '{"\u4e2d": "x"}') AS caller;
SELECT request, request::text::iam_request::text = request::text AS same_request, caller, caller::text::iam_caller::text = caller::text AS same_caller FROM asked;
SELECT iam_decide(request, caller, 'identity', 0, iam_policy_effect('{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*",
	"Condition": {"StringLike": {"k": "\u00fc??"}}}}', 'identity', request, caller)) FROM asked;
\c :"home"
DROP DATABASE iam_regress_latin1;
