-- Quotas (QUOTA-1, QUOTA-2, SCP-13) are checks with a value of AWS's and one of the user's own.
SELECT name, value, maximum FROM iam_quota ORDER BY name COLLATE "C";

-- a trust policy of 2,100 characters is too long, until the account's own quota is told
CREATE TEMP VIEW long_trust AS
SELECT format('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":[%s]},"Action":"sts:AssumeRole"}]}',
			  string_agg(format('"arn:aws:iam::111111111111:user/%s"', lpad(n::text, 20, 'u')), ',')) AS policy
FROM generate_series(1, 38) AS n;
SELECT length(policy) > 2048 AND length(policy) < 4096 AS between_default_and_maximum FROM long_trust;
SELECT f.severity, f.message FROM long_trust, iam_policy_validate(policy, 'trust') AS f;
BEGIN;
INSERT INTO iam_quota_override VALUES ('trust_policy_size', 4096);
SELECT iam_quota_value('trust_policy_size');
SELECT f.severity, f.message FROM long_trust, iam_policy_validate(policy, 'trust') AS f;
ROLLBACK;
-- the size as an argument: no table is read
SELECT f.message FROM long_trust, iam_policy_validate(policy, 'trust', 2000) AS f;
SELECT count(*) FROM long_trust, iam_policy_validate(policy, 'trust', 4096);
SELECT count(*) FROM iam_policy_validate('{}', 'trust', -1);

-- a quota that is none, no quota at all, and a user's row that would be no limit
SELECT iam_quota_value('no such quota'), iam_quota_value(NULL);
INSERT INTO iam_quota_override VALUES ('trust_policy_size', 0);

-- the catalogue's counts, and services of resource control policies with the user's own changes (RCP-7)
SELECT (SELECT count(*) > 400 FROM iam_service) AS services, (SELECT count(*) > 20000 FROM iam_action) AS actions,
	   (SELECT count(*) > 2000 FROM iam_resource_type) AS resource_types, (SELECT count(*) > 20000 FROM iam_action_resource) AS action_resources,
	   (SELECT count(*) > 2000 FROM iam_condition_key) AS condition_keys, (SELECT count(*) FROM iam_rcp_service) AS rcp_services;
SELECT access_level, count(*) > 100 AS many FROM iam_action GROUP BY access_level ORDER BY access_level;
SELECT service, name, arn_format FROM iam_resource_type WHERE service = 's3' AND name IN ('bucket', 'object') ORDER BY name;
BEGIN;
INSERT INTO iam_rcp_service_override VALUES ('s3', false), ('example', true);
SELECT json_array_length(iam_rcp_services()) AS services,
	   iam_rcp_services()::jsonb ? 's3' AS s3, iam_rcp_services()::jsonb ? 'example' AS example;
ROLLBACK;
