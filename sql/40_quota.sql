/*
 * Quotas of IAM and Organizations: what AWS ships, and what a user's accounts
 * really have where AWS raised a limit.  Quotas are checks, never evaluation rules.
 */

CREATE TABLE iam_quota (
	name text PRIMARY KEY,
	value integer NOT NULL CHECK (value > 0),
	maximum integer CHECK (maximum >= value),
	unit text NOT NULL,
	applies_to text NOT NULL
);
COMMENT ON TABLE iam_quota IS 'Quotas as AWS ships them (QUOTA-1, QUOTA-2, SCP-13); an account''s own values go to iam_quota_override';
COMMENT ON COLUMN iam_quota.name IS 'Name of the quota';
COMMENT ON COLUMN iam_quota.value IS 'Default value';
COMMENT ON COLUMN iam_quota.maximum IS 'Highest value AWS grants on request, NULL where it cannot be raised';
COMMENT ON COLUMN iam_quota.unit IS 'What is counted: characters, characters without white space, or objects';
COMMENT ON COLUMN iam_quota.applies_to IS 'What has this quota';

INSERT INTO iam_quota (name, value, maximum, unit, applies_to) VALUES
	('managed_policy_size', 6144, NULL, 'characters without white space', 'managed policy'),
	('user_inline_policies_size', 2048, NULL, 'characters without white space', 'user'),
	('group_inline_policies_size', 5120, NULL, 'characters without white space', 'group'),
	('role_inline_policies_size', 10240, NULL, 'characters without white space', 'role'),
	('trust_policy_size', 2048, 4096, 'characters without white space', 'role trust policy'),
	('session_policy_size', 2048, NULL, 'characters without white space', 'session policy'),
	('scp_size', 5120, NULL, 'characters', 'service control policy'),
	('rcp_size', 5120, NULL, 'characters', 'resource control policy'),
	('endpoint_policy_size', 20480, NULL, 'characters', 'VPC endpoint policy'),
	('managed_policies_per_user', 10, 20, 'objects', 'user'),
	('managed_policies_per_role', 10, 25, 'objects', 'role'),
	('managed_policies_per_group', 10, NULL, 'objects', 'group'),
	('groups_per_user', 10, NULL, 'objects', 'user'),
	('versions_per_managed_policy', 5, NULL, 'objects', 'managed policy'),
	('access_keys_per_user', 2, NULL, 'objects', 'user'),
	('tags_per_identity', 50, NULL, 'objects', 'user, role or policy'),
	('customer_policies_per_account', 1500, 5000, 'objects', 'account'),
	('roles_per_account', 1000, 5000, 'objects', 'account'),
	('groups_per_account', 300, 500, 'objects', 'account'),
	('users_per_account', 5000, NULL, 'objects', 'account'),
	('instance_profiles_per_account', 1000, 5000, 'objects', 'account'),
	('saml_providers_per_account', 100, NULL, 'objects', 'account'),
	('oidc_providers_per_account', 100, 700, 'objects', 'account'),
	('scps_per_target', 5, NULL, 'objects', 'root, organizational unit or account'),
	('rcps_per_target', 5, NULL, 'objects', 'root, organizational unit or account');

CREATE TABLE iam_quota_override (
	name text PRIMARY KEY,
	value integer NOT NULL CHECK (value > 0)
);
COMMENT ON TABLE iam_quota_override IS 'The user''s own values in place of those of iam_quota';
COMMENT ON COLUMN iam_quota_override.name IS 'Name of the quota, as in iam_quota';
COMMENT ON COLUMN iam_quota_override.value IS 'Value in force';

CREATE FUNCTION iam_quota_value(name text) RETURNS integer
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT coalesce(
		(SELECT o.value FROM iam_quota_override o WHERE o.name = iam_quota_value.name),
		(SELECT q.value FROM iam_quota q WHERE q.name = iam_quota_value.name));
END;
COMMENT ON FUNCTION iam_quota_value(text) IS 'Value of a quota in force: the user''s override, else AWS''s default; NULL for a name that is none';

/* The name of the size quota is the kind's; a resource policy's size is each service's own matter. */
CREATE FUNCTION iam_policy_validate(policy text, kind text)
RETURNS TABLE (severity text, code text, json_path text, message text)
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 500 ROWS 5
BEGIN ATOMIC
	SELECT f.severity, f.code, f.json_path, f.message
	FROM iam_policy_validate(policy, kind, iam_quota_value(
		CASE kind
			WHEN 'identity' THEN 'role_inline_policies_size'
			WHEN 'managed' THEN 'managed_policy_size'
			WHEN 'boundary' THEN 'managed_policy_size'
			WHEN 'session' THEN 'session_policy_size'
			WHEN 'trust' THEN 'trust_policy_size'
			WHEN 'scp' THEN 'scp_size'
			WHEN 'rcp' THEN 'rcp_size'
			WHEN 'endpoint' THEN 'endpoint_policy_size'
		END)) AS f;
END;
COMMENT ON FUNCTION iam_policy_validate(text, text) IS
	'Findings on a policy text of a kind (identity, managed, boundary, session, trust, resource, scp, rcp, endpoint), errors where AWS refuses it; never raises for a bad text, an unknown kind is an error; no rows where there is nothing to say';
