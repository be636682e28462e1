/*
 * The account model: organization, organizational units, accounts, control
 * policies (spec section 12).  Exports come piecemeal and in any order, so nothing
 * here refers to anything by a foreign key.
 */

CREATE TABLE iam_organization (
	organization_id text PRIMARY KEY,
	arn arn,
	management_account_id text,
	root_id text,
	feature_set text,
	enabled_policy_types text[]
);

COMMENT ON TABLE iam_organization IS 'organizations';
COMMENT ON COLUMN iam_organization.organization_id IS 'organization id: o-...';
COMMENT ON COLUMN iam_organization.arn IS 'ARN of the organization';
COMMENT ON COLUMN iam_organization.management_account_id IS 'the management account, which no SCP and no RCP limits';
COMMENT ON COLUMN iam_organization.root_id IS 'id of the root: r-...';
COMMENT ON COLUMN iam_organization.feature_set IS 'ALL or CONSOLIDATED_BILLING';
COMMENT ON COLUMN iam_organization.enabled_policy_types IS 'policy types enabled in the root, such as SERVICE_CONTROL_POLICY; NULL: not known';

CREATE TABLE iam_organizational_unit (
	ou_id text PRIMARY KEY,
	organization_id text,
	parent_id text,
	name text,
	arn arn
);

COMMENT ON TABLE iam_organizational_unit IS 'organizational units';
COMMENT ON COLUMN iam_organizational_unit.ou_id IS 'id of the unit: ou-...';
COMMENT ON COLUMN iam_organizational_unit.organization_id IS 'organization of the unit';
COMMENT ON COLUMN iam_organizational_unit.parent_id IS 'the unit or root above it';
COMMENT ON COLUMN iam_organizational_unit.name IS 'name of the unit';
COMMENT ON COLUMN iam_organizational_unit.arn IS 'ARN of the unit';

CREATE TABLE iam_account (
	account_id text PRIMARY KEY CHECK (account_id ~ '^[0-9]{12}$'),
	name text,
	organization_id text,
	parent_id text,
	status text,
	canonical_user_id text,
	public_access_block jsonb,
	tags jsonb,
	arn arn
);

CREATE INDEX iam_account_parent_idx ON iam_account (parent_id);

COMMENT ON TABLE iam_account IS 'accounts';
COMMENT ON COLUMN iam_account.account_id IS 'the 12-digit id';
COMMENT ON COLUMN iam_account.name IS 'name of the account';
COMMENT ON COLUMN iam_account.organization_id IS 'organization of the account; NULL: none, or not known';
COMMENT ON COLUMN iam_account.parent_id IS 'the organizational unit or root above it';
COMMENT ON COLUMN iam_account.status IS 'ACTIVE, SUSPENDED, PENDING_CLOSURE, ...';
COMMENT ON COLUMN iam_account.canonical_user_id IS 'canonical user id, by which S3 names the account';
COMMENT ON COLUMN iam_account.public_access_block IS 'S3 Block Public Access settings of the account';
COMMENT ON COLUMN iam_account.tags IS 'tags of the account, as an object of strings; NULL: not known';
COMMENT ON COLUMN iam_account.arn IS 'Organizations ARN of the account';

CREATE TABLE iam_control_policy (
	policy_id text PRIMARY KEY,
	type text NOT NULL,
	name text,
	arn arn,
	aws_managed boolean NOT NULL DEFAULT false,
	policy iam_policy
);

COMMENT ON TABLE iam_control_policy IS 'service control policies and resource control policies';
COMMENT ON COLUMN iam_control_policy.policy_id IS 'policy id: p-...';
COMMENT ON COLUMN iam_control_policy.type IS 'SERVICE_CONTROL_POLICY, RESOURCE_CONTROL_POLICY or another type of Organizations';
COMMENT ON COLUMN iam_control_policy.name IS 'name of the policy';
COMMENT ON COLUMN iam_control_policy.arn IS 'ARN of the policy';
COMMENT ON COLUMN iam_control_policy.aws_managed IS 'whether AWS owns it';
COMMENT ON COLUMN iam_control_policy.policy IS 'the document; NULL: missing or could not be read';

CREATE TABLE iam_control_policy_target (
	policy_id text NOT NULL,
	target_id text NOT NULL,
	PRIMARY KEY (policy_id, target_id)
);

CREATE INDEX iam_control_policy_target_target_idx ON iam_control_policy_target (target_id);

COMMENT ON TABLE iam_control_policy_target IS 'what a control policy is attached to directly';
COMMENT ON COLUMN iam_control_policy_target.policy_id IS 'the policy; its document may be missing';
COMMENT ON COLUMN iam_control_policy_target.target_id IS 'id of a root, an organizational unit or an account';
