/*
 * The account model: identities and their policies (GAAD-1..6).
 *
 * Every table of an account has account_id first in its primary key.  A foreign
 * key stands only where exports are complete; an attachment, a boundary or a
 * group membership may dangle: a finding, evaluated as unknown.
 * A policy column is NULL where the document is missing or could not be read.
 */

CREATE TABLE iam_identity (
	account_id text NOT NULL CHECK (account_id ~ '^[0-9]{12}$'),
	arn arn NOT NULL,
	kind text NOT NULL CHECK (kind IN ('user', 'group', 'role')),
	name text NOT NULL,
	path text NOT NULL DEFAULT '/',
	unique_id text,
	tags jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(tags) = 'object'),
	permissions_boundary arn,
	created_at timestamptz,
	last_used_at timestamptz,
	last_used_region text,
	PRIMARY KEY (account_id, arn),
	/* the questions tell account and kind by the ARN */
	CONSTRAINT iam_identity_arn_check CHECK (arn_account(arn) = account_id AND starts_with(arn_resource(arn), kind || '/')),
	CONSTRAINT iam_identity_boundary_check CHECK (permissions_boundary IS NULL OR kind <> 'group' AND arn_account(permissions_boundary) IN (account_id, 'aws')),
	/* the questions ask on its behalf */
	CONSTRAINT iam_identity_principal_check CHECK (kind = 'group' OR iam_is_request_principal(arn::text))
);

CREATE INDEX iam_identity_name_idx ON iam_identity (account_id, kind, lower(name));
CREATE INDEX iam_identity_arn_idx ON iam_identity (arn);
CREATE INDEX iam_identity_unique_id_idx ON iam_identity (unique_id);
CREATE INDEX iam_identity_group_idx ON iam_identity (account_id, arn) WHERE kind = 'group';
/* from a policy to all whose boundary it is, without a look at the table */
CREATE INDEX iam_identity_boundary_idx ON iam_identity (permissions_boundary, account_id) INCLUDE (arn)
	WHERE permissions_boundary IS NOT NULL;

COMMENT ON TABLE iam_identity IS 'IAM users, groups and roles of the imported accounts';
COMMENT ON COLUMN iam_identity.account_id IS 'account the identity belongs to';
COMMENT ON COLUMN iam_identity.arn IS 'ARN with path';
COMMENT ON COLUMN iam_identity.kind IS 'user, group or role';
COMMENT ON COLUMN iam_identity.name IS 'name without path, in the stored spelling; unique in the account and kind without regard to case';
COMMENT ON COLUMN iam_identity.path IS 'path, beginning and ending with a slash';
COMMENT ON COLUMN iam_identity.unique_id IS 'unique id: AIDA..., AGPA... or AROA...';
COMMENT ON COLUMN iam_identity.tags IS 'all tags, as an object of strings';
COMMENT ON COLUMN iam_identity.permissions_boundary IS 'ARN of the managed policy that is the permissions boundary; its document may be missing';
COMMENT ON COLUMN iam_identity.created_at IS 'when it was created';
COMMENT ON COLUMN iam_identity.last_used_at IS 'when a role was last used, where the export says so';
COMMENT ON COLUMN iam_identity.last_used_region IS 'region of a role''s last use';

CREATE TABLE iam_group_member (
	account_id text NOT NULL CHECK (account_id ~ '^[0-9]{12}$'),
	group_arn arn NOT NULL,
	user_arn arn NOT NULL,
	PRIMARY KEY (account_id, group_arn, user_arn),
	CONSTRAINT iam_group_member_group_check CHECK (arn_account(group_arn) = account_id AND starts_with(arn_resource(group_arn), 'group/')),
	CONSTRAINT iam_group_member_user_check CHECK (starts_with(arn_resource(user_arn), 'user/')),
	FOREIGN KEY (account_id, user_arn) REFERENCES iam_identity (account_id, arn) ON DELETE CASCADE
);

CREATE INDEX iam_group_member_user_idx ON iam_group_member (account_id, user_arn);

COMMENT ON TABLE iam_group_member IS 'which user is in which group';
COMMENT ON COLUMN iam_group_member.account_id IS 'account of both';
COMMENT ON COLUMN iam_group_member.group_arn IS 'the group; with path / while only its name is known';
COMMENT ON COLUMN iam_group_member.user_arn IS 'the user';

CREATE TABLE iam_customer_policy (
	account_id text NOT NULL CHECK (account_id ~ '^[0-9]{12}$'),
	arn arn NOT NULL,
	name text NOT NULL,
	path text NOT NULL DEFAULT '/',
	unique_id text,
	description text,
	is_attachable boolean,
	default_version_id text,
	created_at timestamptz,
	updated_at timestamptz,
	policy iam_policy,
	PRIMARY KEY (account_id, arn),
	CONSTRAINT iam_customer_policy_arn_check CHECK (arn_account(arn) = account_id)
);

CREATE INDEX iam_customer_policy_arn_idx ON iam_customer_policy (arn);
CREATE INDEX iam_customer_policy_policy_idx ON iam_customer_policy USING gin (policy);
CREATE INDEX iam_customer_policy_unreadable_idx ON iam_customer_policy (account_id) WHERE policy IS NULL;

COMMENT ON TABLE iam_customer_policy IS 'customer managed policies';
COMMENT ON COLUMN iam_customer_policy.account_id IS 'account the policy belongs to';
COMMENT ON COLUMN iam_customer_policy.arn IS 'ARN with path';
COMMENT ON COLUMN iam_customer_policy.name IS 'name without path';
COMMENT ON COLUMN iam_customer_policy.path IS 'path, beginning and ending with a slash';
COMMENT ON COLUMN iam_customer_policy.unique_id IS 'unique id: ANPA...';
COMMENT ON COLUMN iam_customer_policy.description IS 'description, where the export has it';
COMMENT ON COLUMN iam_customer_policy.is_attachable IS 'whether it can be attached';
COMMENT ON COLUMN iam_customer_policy.default_version_id IS 'the version that is in force';
COMMENT ON COLUMN iam_customer_policy.created_at IS 'when it was created';
COMMENT ON COLUMN iam_customer_policy.updated_at IS 'when its default version was last changed';
COMMENT ON COLUMN iam_customer_policy.policy IS 'document of the default version; NULL: missing or could not be read';

CREATE TABLE iam_aws_policy (
	arn arn PRIMARY KEY CHECK (arn_account(arn) = 'aws'),
	name text NOT NULL,
	path text NOT NULL DEFAULT '/',
	unique_id text,
	description text,
	is_attachable boolean,
	default_version_id text,
	created_at timestamptz,
	updated_at timestamptz,
	policy iam_policy
);

CREATE INDEX iam_aws_policy_policy_idx ON iam_aws_policy USING gin (policy);

/* few, large, and read for every question: decompressing them would cost more than evaluating them */
ALTER TABLE iam_aws_policy ALTER COLUMN policy SET STORAGE external;

COMMENT ON TABLE iam_aws_policy IS 'AWS managed policies, shared by all accounts; imports add and update them, the newest version wins';
COMMENT ON COLUMN iam_aws_policy.arn IS 'ARN, whose account field is aws';
COMMENT ON COLUMN iam_aws_policy.name IS 'name without path';
COMMENT ON COLUMN iam_aws_policy.path IS 'path, beginning and ending with a slash';
COMMENT ON COLUMN iam_aws_policy.unique_id IS 'unique id: ANPA...';
COMMENT ON COLUMN iam_aws_policy.description IS 'description, where the export has it';
COMMENT ON COLUMN iam_aws_policy.is_attachable IS 'whether it can be attached';
COMMENT ON COLUMN iam_aws_policy.default_version_id IS 'the version that is in force';
COMMENT ON COLUMN iam_aws_policy.created_at IS 'when it was created';
COMMENT ON COLUMN iam_aws_policy.updated_at IS 'when its default version was last changed';
COMMENT ON COLUMN iam_aws_policy.policy IS 'document of the default version; NULL: missing or could not be read';

CREATE TABLE iam_managed_policy_version (
	account_id text NOT NULL CHECK (account_id ~ '^([0-9]{12}|aws)$'),
	arn arn NOT NULL,
	version_id text NOT NULL,
	is_default boolean NOT NULL DEFAULT false,
	created_at timestamptz,
	policy iam_policy,
	PRIMARY KEY (account_id, arn, version_id)
);

COMMENT ON TABLE iam_managed_policy_version IS 'every version of the managed policies; only the default version is evaluated';
COMMENT ON COLUMN iam_managed_policy_version.account_id IS 'account the policy belongs to; aws for an AWS managed policy';
COMMENT ON COLUMN iam_managed_policy_version.arn IS 'ARN of the policy';
COMMENT ON COLUMN iam_managed_policy_version.version_id IS 'version id: v1, v2, ...';
COMMENT ON COLUMN iam_managed_policy_version.is_default IS 'whether it is the version in force';
COMMENT ON COLUMN iam_managed_policy_version.created_at IS 'when the version was created';
COMMENT ON COLUMN iam_managed_policy_version.policy IS 'document of the version; NULL: missing or could not be read';

CREATE TABLE iam_inline_policy (
	account_id text NOT NULL CHECK (account_id ~ '^[0-9]{12}$'),
	identity_arn arn NOT NULL,
	name text NOT NULL,
	policy iam_policy,
	PRIMARY KEY (account_id, identity_arn, name),
	FOREIGN KEY (account_id, identity_arn) REFERENCES iam_identity (account_id, arn) ON DELETE CASCADE
);

CREATE INDEX iam_inline_policy_policy_idx ON iam_inline_policy USING gin (policy);
CREATE INDEX iam_inline_policy_unreadable_idx ON iam_inline_policy (account_id) WHERE policy IS NULL;

COMMENT ON TABLE iam_inline_policy IS 'inline policies of users, groups and roles';
COMMENT ON COLUMN iam_inline_policy.account_id IS 'account of the identity';
COMMENT ON COLUMN iam_inline_policy.identity_arn IS 'the user, group or role';
COMMENT ON COLUMN iam_inline_policy.name IS 'name of the policy in its identity';
COMMENT ON COLUMN iam_inline_policy.policy IS 'the document; NULL: could not be read';

CREATE TABLE iam_attachment (
	account_id text NOT NULL CHECK (account_id ~ '^[0-9]{12}$'),
	identity_arn arn NOT NULL,
	policy_arn arn NOT NULL,
	PRIMARY KEY (account_id, identity_arn, policy_arn),
	/* IAM attaches policies of the account and of AWS */
	CONSTRAINT iam_attachment_policy_check CHECK (arn_account(policy_arn) IN (account_id, 'aws')),
	FOREIGN KEY (account_id, identity_arn) REFERENCES iam_identity (account_id, arn) ON DELETE CASCADE
);

/* from a policy to all who hold it, in one account or everywhere, without a look at the table */
CREATE INDEX iam_attachment_policy_idx ON iam_attachment (policy_arn, account_id) INCLUDE (identity_arn);

COMMENT ON TABLE iam_attachment IS 'managed policies attached to users, groups and roles';
COMMENT ON COLUMN iam_attachment.account_id IS 'account of the identity';
COMMENT ON COLUMN iam_attachment.identity_arn IS 'the user, group or role';
COMMENT ON COLUMN iam_attachment.policy_arn IS 'the managed policy; its document may be missing';

CREATE TABLE iam_trust (
	account_id text NOT NULL CHECK (account_id ~ '^[0-9]{12}$'),
	role_arn arn NOT NULL,
	policy iam_policy,
	PRIMARY KEY (account_id, role_arn),
	FOREIGN KEY (account_id, role_arn) REFERENCES iam_identity (account_id, arn) ON DELETE CASCADE
);

COMMENT ON TABLE iam_trust IS 'trust policies of the roles';
COMMENT ON COLUMN iam_trust.account_id IS 'account of the role';
COMMENT ON COLUMN iam_trust.role_arn IS 'the role';
COMMENT ON COLUMN iam_trust.policy IS 'the document; NULL: missing or could not be read';

CREATE TABLE iam_instance_profile (
	account_id text NOT NULL CHECK (account_id ~ '^[0-9]{12}$'),
	arn arn NOT NULL,
	name text NOT NULL,
	path text NOT NULL DEFAULT '/',
	unique_id text,
	role_arn arn,
	created_at timestamptz,
	PRIMARY KEY (account_id, arn)
);

CREATE INDEX iam_instance_profile_role_idx ON iam_instance_profile (account_id, role_arn);

COMMENT ON TABLE iam_instance_profile IS 'instance profiles and the role each carries';
COMMENT ON COLUMN iam_instance_profile.account_id IS 'account of the instance profile';
COMMENT ON COLUMN iam_instance_profile.arn IS 'ARN with path';
COMMENT ON COLUMN iam_instance_profile.name IS 'name without path';
COMMENT ON COLUMN iam_instance_profile.path IS 'path, beginning and ending with a slash';
COMMENT ON COLUMN iam_instance_profile.unique_id IS 'unique id: AIPA...';
COMMENT ON COLUMN iam_instance_profile.role_arn IS 'the role it carries; NULL: none';
COMMENT ON COLUMN iam_instance_profile.created_at IS 'when it was created';

/* customer policies and AWS managed policies under one name */
CREATE VIEW iam_managed_policy WITH (security_invoker = true) AS
	SELECT account_id, arn, name, path, unique_id, description, is_attachable,
		   default_version_id, created_at, updated_at, policy
	FROM iam_customer_policy
	UNION ALL
	SELECT 'aws', arn, name, path, unique_id, description, is_attachable,
		   default_version_id, created_at, updated_at, policy
	FROM iam_aws_policy;

COMMENT ON VIEW iam_managed_policy IS 'customer managed and AWS managed policies together';
COMMENT ON COLUMN iam_managed_policy.account_id IS 'account the policy belongs to; aws for an AWS managed policy';
COMMENT ON COLUMN iam_managed_policy.arn IS 'ARN with path';
COMMENT ON COLUMN iam_managed_policy.name IS 'name without path';
COMMENT ON COLUMN iam_managed_policy.path IS 'path, beginning and ending with a slash';
COMMENT ON COLUMN iam_managed_policy.unique_id IS 'unique id: ANPA...';
COMMENT ON COLUMN iam_managed_policy.description IS 'description, where the export has it';
COMMENT ON COLUMN iam_managed_policy.is_attachable IS 'whether it can be attached';
COMMENT ON COLUMN iam_managed_policy.default_version_id IS 'the version that is in force';
COMMENT ON COLUMN iam_managed_policy.created_at IS 'when it was created';
COMMENT ON COLUMN iam_managed_policy.updated_at IS 'when its default version was last changed';
COMMENT ON COLUMN iam_managed_policy.policy IS 'document of the default version; NULL: missing or could not be read';

/*
 * The identity side of every user and role, one row per policy: its own, those of
 * its groups (EFF-3) and the boundary.  A NULL policy is one that is missing or
 * could not be read; so is a group of which only the name is known.
 *
 * Citus sends the view to the shards as a whole as long as every branch begins with
 * the table that outer joins start from.
 */
CREATE VIEW iam_identity_policy WITH (security_invoker = true) AS
	SELECT account_id, identity_arn, false AS is_boundary, NULL::arn AS group_arn, name, policy
	FROM iam_inline_policy
	UNION ALL
	SELECT a.account_id, a.identity_arn, false, NULL, a.policy_arn::text, coalesce(c.policy, w.policy)
	FROM iam_attachment a
	LEFT JOIN iam_customer_policy c ON c.account_id = a.account_id AND c.arn = a.policy_arn
	LEFT JOIN iam_aws_policy w ON w.arn = a.policy_arn
	UNION ALL
	SELECT m.account_id, m.user_arn, false, m.group_arn, p.name, p.policy
	FROM iam_group_member m
	JOIN iam_inline_policy p ON p.account_id = m.account_id AND p.identity_arn = m.group_arn
	UNION ALL
	SELECT a.account_id, m.user_arn, false, m.group_arn, a.policy_arn::text, coalesce(c.policy, w.policy)
	FROM iam_attachment a
	LEFT JOIN iam_customer_policy c ON c.account_id = a.account_id AND c.arn = a.policy_arn
	LEFT JOIN iam_aws_policy w ON w.arn = a.policy_arn
	JOIN iam_group_member m ON m.account_id = a.account_id AND m.group_arn = a.identity_arn
	UNION ALL
	SELECT m.account_id, m.user_arn, false, m.group_arn, m.group_arn::text, NULL
	FROM iam_group_member m
	LEFT JOIN iam_identity g ON g.account_id = m.account_id AND g.arn = m.group_arn
	WHERE g.arn IS NULL
	UNION ALL
	SELECT i.account_id, i.arn, true, NULL, i.permissions_boundary::text, coalesce(c.policy, w.policy)
	FROM iam_identity i
	LEFT JOIN iam_customer_policy c ON c.account_id = i.account_id AND c.arn = i.permissions_boundary
	LEFT JOIN iam_aws_policy w ON w.arn = i.permissions_boundary
	WHERE i.permissions_boundary IS NOT NULL;

COMMENT ON VIEW iam_identity_policy IS 'every policy of the identity side of every user, group and role: own, of its groups, and the permissions boundary';
COMMENT ON COLUMN iam_identity_policy.account_id IS 'account of the identity';
COMMENT ON COLUMN iam_identity_policy.identity_arn IS 'the user, group or role the policy applies to';
COMMENT ON COLUMN iam_identity_policy.is_boundary IS 'whether it is the permissions boundary';
COMMENT ON COLUMN iam_identity_policy.group_arn IS 'the group a user has it from; NULL: its own';
COMMENT ON COLUMN iam_identity_policy.name IS 'name of an inline policy, ARN of a managed one';
COMMENT ON COLUMN iam_identity_policy.policy IS 'the document; NULL: missing or could not be read';
