--
-- What iam_policy refuses (GRAM-1 to GRAM-10) and how it says so; what it takes though AWS would not (GRAM-40)
--
\set VERBOSITY default

-- not JSON, or not an object
SELECT iam_policy '';
SELECT iam_policy '{"Statement": [}';
SELECT iam_policy '{"Statement": []} x';
SELECT iam_policy '[]';
SELECT iam_policy '"Statement"';
SELECT iam_policy 'null';

-- top level
SELECT iam_policy '{}';
SELECT iam_policy '{"Version": "2012-10-17"}';
SELECT iam_policy '{"Version": "2012-10-18", "Statement": []}';
SELECT iam_policy '{"Version": 2012, "Statement": []}';
SELECT iam_policy '{"Statement": [], "Comment": "x"}';
SELECT iam_policy '{"statement": []}';
SELECT iam_policy '{"Id": 1, "Statement": []}';
SELECT iam_policy '{"Statement": "Allow"}';
SELECT iam_policy '{"Statement": [[]]}';
SELECT iam_policy '{"Statement": [], "Statement": []}';

-- statements: the path names the element
SELECT iam_policy '{"Statement": [{"Action": "*", "Resource": "*"}]}';
SELECT iam_policy '{"Statement": [{"Effect": "allow", "Action": "*", "Resource": "*"}]}';
SELECT iam_policy '{"Statement": [{"Effect": "Allow", "Resource": "*"}]}';
SELECT iam_policy '{"Statement": [{"Effect": "Allow", "Action": "*", "NotAction": "s3:*", "Resource": "*"}]}';
SELECT iam_policy '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "NotResource": "*"}]}';
SELECT iam_policy '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*", "NotPrincipal": "*"}]}';
SELECT iam_policy '{"Statement": [{"Effect": "Allow", "Action": [], "Resource": "*"}]}';
SELECT iam_policy '{"Statement": [{"Effect": "Allow", "Action": 1, "Resource": "*"}]}';
SELECT iam_policy '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Allow", "Action": ["s3:*", {}], "Resource": "*"}]}';
SELECT iam_policy '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": {}}]}';
SELECT iam_policy '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Effekt": 1}]}';
SELECT iam_policy '{"Statement": [{"Effect": "Allow", "Effect": "Deny", "Action": "*", "Resource": "*"}]}';
SELECT iam_policy '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Sid": 7}]}';

-- principals
SELECT iam_policy '{"Statement": [{"Effect": "Allow", "Action": "*", "Principal": "arn:aws:iam::111122223333:root"}]}';
SELECT iam_policy '{"Statement": [{"Effect": "Allow", "Action": "*", "Principal": {"Aws": "*"}}]}';
SELECT iam_policy '{"Statement": [{"Effect": "Allow", "Action": "*", "Principal": {"AWS": 111122223333}}]}';

-- conditions
SELECT iam_policy '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": []}]}';
SELECT iam_policy '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEqual": {"a": "b"}}}]}';
SELECT iam_policy '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": "a"}}]}';
SELECT iam_policy '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"a": null}}}]}';
SELECT iam_policy '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"a": {"b": "c"}}}}]}';
SELECT iam_policy '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:x": "a", "AWS:X": "b"}}}]}';
SELECT iam_policy '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"NullIfExists": {"a": "true"}}}]}';
SELECT iam_policy '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"NumericEquals": {"a": 12345678901234567890123}}}]}';

-- limits, checked before anything is allocated
SELECT repeat('[', 10000)::iam_policy;
SELECT ('{"Statement":' || repeat('[', 40) || repeat(']', 40) || '}')::iam_policy;
SELECT ('{"Statement":[{"Effect":"Allow","Action":"*","Resource":"' || repeat('x', 2 * 1024 * 1024) || '"}]}')::iam_policy;
SELECT ('{"Statement":[' || repeat('{"Effect":"Allow","Action":"*","Resource":"*"},', 4096) || '{"Effect":"Allow","Action":"*","Resource":"*"}]}')::iam_policy;
SELECT length(('{"Statement":[' || repeat('{"Effect":"Allow","Action":"*","Resource":"*"},', 4095) || '{"Effect":"Allow","Action":"*","Resource":"*"}]}')::iam_policy::text);

-- NUL cannot be said, whatever is in front of it
SELECT iam_policy '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "a\u0000b"}]}';
SELECT iam_policy '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "a\ud800b"}]}';

-- a document is not echoed: at most 64 bytes of it, whole characters
SELECT ('{"Statement": [], "' || repeat('ü', 100) || '": 1}')::iam_policy;

-- taken though it can match nothing: a stored policy never raises when it is evaluated (GRAM-40)
SELECT iam_policy '{"Statement": [{"Effect": "Allow", "Action": ["GetObject", "s3:a:b", "*3:x"], "Resource": ["bucket", "arn:aws:s3"], "Condition": {"DateEquals": {"aws:CurrentTime": "yesterday"}}}]}';

-- binary input: the version, then text that is parsed again
CREATE TEMP TABLE binary_in (p iam_policy);
\copy binary_in FROM PROGRAM 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\055\001{\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"*\"}}\377\377"' (FORMAT binary)
\copy binary_in FROM PROGRAM 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\055\002{\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"*\"}}\377\377"' (FORMAT binary)
\copy binary_in FROM PROGRAM 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\020\001{\"Statement\":1}\377\377"' (FORMAT binary)
\copy binary_in FROM PROGRAM 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\010\001{\"\377\":1}\377\377"' (FORMAT binary)
\copy binary_in FROM PROGRAM 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\000\377\377"' (FORMAT binary)
SELECT * FROM binary_in;

-- the casts raise the same errors
SELECT '{"Statement": 1}'::json::iam_policy;
SELECT '{"Statement": 1}'::jsonb::iam_policy;

-- validation never raises, whatever the text; only its kind can be wrong
SELECT count(*) > 0 AS findings FROM iam_policy_validate('{', 'identity');
SELECT * FROM iam_policy_validate('{}', 'group');
SELECT count(*) FROM iam_policy_validate(NULL, 'identity');
