/*
 * The account model: identity providers, VPC endpoints, and when an identity last
 * used a service.
 */

CREATE TABLE iam_identity_provider (
	account_id text NOT NULL CHECK (account_id ~ '^[0-9]{12}$'),
	arn arn NOT NULL,
	kind text NOT NULL CHECK (kind IN ('oidc', 'saml')),
	url text,
	client_ids text[],
	created_at timestamptz,
	PRIMARY KEY (account_id, arn)
);

COMMENT ON TABLE iam_identity_provider IS 'OIDC and SAML identity providers';
COMMENT ON COLUMN iam_identity_provider.account_id IS 'account of the provider';
COMMENT ON COLUMN iam_identity_provider.arn IS 'ARN of the provider';
COMMENT ON COLUMN iam_identity_provider.kind IS 'oidc or saml';
COMMENT ON COLUMN iam_identity_provider.url IS 'URL of an OIDC provider without https://';
COMMENT ON COLUMN iam_identity_provider.client_ids IS 'audiences an OIDC provider accepts; NULL: not known';
COMMENT ON COLUMN iam_identity_provider.created_at IS 'when it was created';

CREATE TABLE iam_vpc_endpoint (
	account_id text NOT NULL CHECK (account_id ~ '^[0-9]{12}$'),
	vpc_endpoint_id text NOT NULL,
	vpc_id text,
	service_name text,
	policy iam_policy,
	PRIMARY KEY (account_id, vpc_endpoint_id)
);

COMMENT ON TABLE iam_vpc_endpoint IS 'VPC endpoints and their policies';
COMMENT ON COLUMN iam_vpc_endpoint.account_id IS 'account of the endpoint';
COMMENT ON COLUMN iam_vpc_endpoint.vpc_endpoint_id IS 'id of the endpoint: vpce-...';
COMMENT ON COLUMN iam_vpc_endpoint.vpc_id IS 'VPC the endpoint is in';
COMMENT ON COLUMN iam_vpc_endpoint.service_name IS 'service it leads to, such as com.amazonaws.eu-west-1.s3';
COMMENT ON COLUMN iam_vpc_endpoint.policy IS 'endpoint policy; NULL: missing or could not be read';

CREATE TABLE iam_service_last_accessed (
	account_id text NOT NULL CHECK (account_id ~ '^[0-9]{12}$'),
	identity_arn arn NOT NULL,
	service text NOT NULL,
	action text NOT NULL DEFAULT '',
	last_accessed_at timestamptz,
	last_accessed_by text,
	last_accessed_region text,
	PRIMARY KEY (account_id, identity_arn, service, action)
);

COMMENT ON TABLE iam_service_last_accessed IS 'when identities last used the services their policies allow';
COMMENT ON COLUMN iam_service_last_accessed.account_id IS 'account of the identity';
COMMENT ON COLUMN iam_service_last_accessed.identity_arn IS 'the user, group, role or managed policy that was asked about';
COMMENT ON COLUMN iam_service_last_accessed.service IS 'service, by its prefix in actions';
COMMENT ON COLUMN iam_service_last_accessed.action IS 'action without its prefix; empty for the service as a whole';
COMMENT ON COLUMN iam_service_last_accessed.last_accessed_at IS 'when it was last used; NULL: not in the time AWS looks back';
COMMENT ON COLUMN iam_service_last_accessed.last_accessed_by IS 'who used it last';
COMMENT ON COLUMN iam_service_last_accessed.last_accessed_region IS 'region it was last used in';

/* What users put into the tables is dumped with their database. */
SELECT pg_catalog.pg_extension_config_dump('@extschema@.iam_identity_provider', '');
SELECT pg_catalog.pg_extension_config_dump('@extschema@.iam_vpc_endpoint', '');
SELECT pg_catalog.pg_extension_config_dump('@extschema@.iam_service_last_accessed', '');
