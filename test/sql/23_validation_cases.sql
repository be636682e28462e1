-- Every case of test/fixtures/validation_cases.jsonl through iam_policy_validate.
CREATE TEMP TABLE case_line (doc json);
\copy case_line FROM PROGRAM 'cat "$PG_ABS_SRCDIR"/fixtures/validation_cases.jsonl' WITH (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')

CREATE TEMP VIEW finding AS
SELECT doc ->> 'id' AS id, doc ->> 'rule' AS rule, doc ->> 'kind' AS kind,
	(doc ->> 'valid')::boolean AS valid, doc ->> 'message' AS message,
	ARRAY(SELECT f.message FROM iam_policy_validate(doc ->> 'document', doc ->> 'kind') AS f
		  WHERE f.severity = 'error') AS errors
FROM case_line;

-- differences: none
SELECT id, rule, kind, valid, message, errors
FROM finding
WHERE valid <> (cardinality(errors) = 0) OR NOT valid AND message IS NOT NULL AND message <> errors[1]
ORDER BY id;

SELECT kind, valid, count(*), count(DISTINCT rule) AS rules FROM finding GROUP BY kind, valid ORDER BY kind, valid;
