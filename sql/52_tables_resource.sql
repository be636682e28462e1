/*
 * The account model: resources with what bears on access to them (spec sections
 * 15, 18), and what an import could not read.
 */

CREATE TABLE iam_resource (
	account_id text NOT NULL CHECK (account_id ~ '^[0-9]{12}$'),
	arn arn NOT NULL,
	tags jsonb CHECK (jsonb_typeof(tags) = 'object'),
	policy iam_policy,
	policy_unreadable boolean NOT NULL DEFAULT false,
	public_access_block jsonb,
	object_ownership text,
	acl json,
	PRIMARY KEY (account_id, arn),
	CHECK (policy IS NULL OR NOT policy_unreadable)
);

CREATE INDEX iam_resource_arn_idx ON iam_resource (arn);

COMMENT ON TABLE iam_resource IS 'resources: buckets, keys, queues, topics, functions, secrets, repositories and others';
COMMENT ON COLUMN iam_resource.account_id IS 'account that owns the resource';
COMMENT ON COLUMN iam_resource.arn IS 'ARN of the resource; of the bucket for S3';
COMMENT ON COLUMN iam_resource.tags IS 'all tags, as an object of strings; NULL: not known';
COMMENT ON COLUMN iam_resource.policy IS 'resource policy; NULL: none, or with policy_unreadable one that could not be read';
COMMENT ON COLUMN iam_resource.policy_unreadable IS 'whether there is a resource policy that could not be read';
COMMENT ON COLUMN iam_resource.public_access_block IS 'S3 Block Public Access settings of the bucket; NULL: none';
COMMENT ON COLUMN iam_resource.object_ownership IS 'S3 object ownership: BucketOwnerEnforced, BucketOwnerPreferred or ObjectWriter';
COMMENT ON COLUMN iam_resource.acl IS 'S3 access control list, as get-bucket-acl gives it';

CREATE TABLE iam_kms_grant (
	account_id text NOT NULL CHECK (account_id ~ '^[0-9]{12}$'),
	key_arn arn NOT NULL,
	grant_id text NOT NULL,
	name text,
	grantee_principal text,
	retiring_principal text,
	issuing_account text,
	operations text[] NOT NULL DEFAULT '{}',
	constraints json,
	created_at timestamptz,
	PRIMARY KEY (account_id, key_arn, grant_id)
);

COMMENT ON TABLE iam_kms_grant IS 'grants on KMS keys';
COMMENT ON COLUMN iam_kms_grant.account_id IS 'account that owns the key';
COMMENT ON COLUMN iam_kms_grant.key_arn IS 'the key';
COMMENT ON COLUMN iam_kms_grant.grant_id IS 'id of the grant';
COMMENT ON COLUMN iam_kms_grant.name IS 'name of the grant';
COMMENT ON COLUMN iam_kms_grant.grantee_principal IS 'who may use the key by it';
COMMENT ON COLUMN iam_kms_grant.retiring_principal IS 'who may retire it';
COMMENT ON COLUMN iam_kms_grant.issuing_account IS 'account under which it was issued';
COMMENT ON COLUMN iam_kms_grant.operations IS 'operations it allows, as AWS writes them';
COMMENT ON COLUMN iam_kms_grant.constraints IS 'encryption context constraints, as list-grants gives them';
COMMENT ON COLUMN iam_kms_grant.created_at IS 'when it was created';

CREATE TABLE iam_import_problem (
	account_id text NOT NULL,
	list text NOT NULL,
	object_kind text NOT NULL,
	object_arn text NOT NULL,
	object_name text NOT NULL DEFAULT '',
	json_path text NOT NULL,
	message text NOT NULL,
	document text,
	PRIMARY KEY (account_id, object_arn, json_path)
);

COMMENT ON TABLE iam_import_problem IS 'what imports could not read; gone when an import brings the object again';
COMMENT ON COLUMN iam_import_problem.account_id IS 'account that was imported; empty for what belongs to an organization';
COMMENT ON COLUMN iam_import_problem.list IS 'member of the export it was found in, such as RoleDetailList';
COMMENT ON COLUMN iam_import_problem.object_kind IS 'what it belongs to, in the words of iam_import';
COMMENT ON COLUMN iam_import_problem.object_arn IS 'ARN or id of the object';
COMMENT ON COLUMN iam_import_problem.object_name IS 'name of the inline policy or version, else empty';
COMMENT ON COLUMN iam_import_problem.json_path IS 'where it stood in the imported document';
COMMENT ON COLUMN iam_import_problem.message IS 'what is wrong with it';
COMMENT ON COLUMN iam_import_problem.document IS 'the text that could not be read';
