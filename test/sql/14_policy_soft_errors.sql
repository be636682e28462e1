--
-- Input errors reported softly, as COPY ... ON_ERROR and pg_input_is_valid ask for (PostgreSQL 16 and newer)
--
\pset format unaligned
\pset null '(null)'

SELECT pg_input_is_valid('{"Statement": {"Effect": "Allow", "Action": "*"}}', 'iam_policy');
SELECT pg_input_is_valid('{"Statement": 1}', 'iam_policy');
SELECT pg_input_is_valid('arn:aws:s3:::b', 'arn'), pg_input_is_valid('b', 'arn');
SELECT pg_input_is_valid('arn:aws:s3:::b*', 'arn_pattern'), pg_input_is_valid('b*', 'arn_pattern');
SELECT pg_input_is_valid('anonymous', 'iam_caller'), pg_input_is_valid('nobody', 'iam_caller');
SELECT pg_input_is_valid('{"action":"s3:GetObject","resource":"*"}', 'iam_request'), pg_input_is_valid('{}', 'iam_request');
SELECT pg_input_is_valid('00', 'iam_effect'), pg_input_is_valid('x', 'iam_effect');
SELECT * FROM pg_input_error_info('{"Statement": 1}', 'iam_policy');
SELECT * FROM pg_input_error_info(repeat('[', 100), 'iam_policy');
SELECT * FROM pg_input_error_info('bucket', 'arn');
SELECT * FROM pg_input_error_info('bucket', 'arn_pattern');
