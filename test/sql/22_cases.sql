-- Every case of test/fixtures/cases.jsonl through iam_evaluate(json): the
-- specification's format is turned into the request document of docs/reference.md.
CREATE TEMP TABLE case_line (doc json);
\copy case_line FROM PROGRAM 'cat "$PG_ABS_SRCDIR"/fixtures/cases.jsonl' WITH (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')

CREATE TEMP VIEW case_request AS
SELECT doc ->> 'id' AS id, doc ->> 'rule' AS rule,
	CASE doc #>> '{expected,decision}' WHEN 'allow' THEN 'allowed' ELSE doc #>> '{expected,decision}' END AS expected,
	doc #>> '{expected,why}' AS why,
	(SELECT json_object_agg(key, value)
	 FROM (
		SELECT key, value FROM json_each(doc -> 'request')
		WHERE key NOT IN ('facts', 'federating_user_arn')
		UNION ALL
		SELECT 'federating_user', doc #> '{request,federating_user_arn}'
		UNION ALL
		SELECT key, value FROM json_each(doc #> '{request,facts}')
		UNION ALL
		SELECT 'identity_policies', doc -> 'identity_policies'
		UNION ALL
		SELECT 'resource_policy', doc -> 'resource_policy'
		UNION ALL
		SELECT 'permissions_boundary', doc -> 'permission_boundary'
		UNION ALL
		SELECT 'session_policies', doc -> 'session_policies'
		UNION ALL
		SELECT 'service_control_policies', doc -> 'scps'
		UNION ALL
		SELECT 'resource_control_policies', doc -> 'rcps'
		UNION ALL
		SELECT 'vpc_endpoint_policies', json_build_array(doc -> 'endpoint_policy')
		WHERE json_typeof(doc -> 'endpoint_policy') = 'object'
	 ) AS member
	 WHERE value IS NOT NULL AND json_typeof(value) <> 'null') AS request
FROM case_line;

-- differences: none
SELECT id, rule, expected, iam_evaluate(request) AS decision, why
FROM case_request
WHERE iam_evaluate(request)::text <> expected
ORDER BY id;

-- the explanation decides as the evaluation does
SELECT id, rule
FROM case_request
WHERE iam_explain(request) ->> 'decision' <> expected
ORDER BY id;

SELECT expected, count(*), count(DISTINCT rule) AS rules FROM case_request GROUP BY expected ORDER BY expected;
