/*
 * The catalogue of services, actions, resource types and condition keys: facts
 * for questions and reports.  No evaluation ever needs it: policies name actions
 * that it does not know.
 */

CREATE TABLE iam_service (
	service text PRIMARY KEY,
	name text NOT NULL
);
COMMENT ON TABLE iam_service IS 'Services of AWS by the prefix of their actions';
COMMENT ON COLUMN iam_service.service IS 'Prefix of the service''s actions';
COMMENT ON COLUMN iam_service.name IS 'The service''s name in the Service Authorization Reference';

CREATE TABLE iam_action (
	service text NOT NULL REFERENCES iam_service,
	name text NOT NULL,
	access_level text NOT NULL,
	PRIMARY KEY (service, name)
);
COMMENT ON TABLE iam_action IS 'Actions of the Service Authorization Reference';
COMMENT ON COLUMN iam_action.service IS 'Prefix of the service';
COMMENT ON COLUMN iam_action.name IS 'Name of the action after the colon';
COMMENT ON COLUMN iam_action.access_level IS 'List, Read, Write, Tagging or Permissions management';

CREATE TABLE iam_resource_type (
	service text NOT NULL REFERENCES iam_service,
	name text NOT NULL,
	arn_format text NOT NULL,
	PRIMARY KEY (service, name)
);
COMMENT ON TABLE iam_resource_type IS 'Resource types of a service and the form of their ARNs';
COMMENT ON COLUMN iam_resource_type.service IS 'Prefix of the service that documents the type';
COMMENT ON COLUMN iam_resource_type.name IS 'Name of the resource type';
COMMENT ON COLUMN iam_resource_type.arn_format IS 'ARN with placeholders such as ${Account}';

CREATE TABLE iam_action_resource (
	service text NOT NULL,
	action text NOT NULL,
	resource_type text NOT NULL,
	required boolean NOT NULL,
	PRIMARY KEY (service, action, resource_type),
	FOREIGN KEY (service, action) REFERENCES iam_action,
	FOREIGN KEY (service, resource_type) REFERENCES iam_resource_type
);
COMMENT ON TABLE iam_action_resource IS 'Resource types that an action can be limited to; an action without a row takes only *';
COMMENT ON COLUMN iam_action_resource.service IS 'Prefix of the service';
COMMENT ON COLUMN iam_action_resource.action IS 'Name of the action';
COMMENT ON COLUMN iam_action_resource.resource_type IS 'Name of the resource type';
COMMENT ON COLUMN iam_action_resource.required IS 'Whether every call of the action names a resource of this type';

CREATE TABLE iam_condition_key (
	service text NOT NULL REFERENCES iam_service,
	name text NOT NULL,
	type text NOT NULL,
	PRIMARY KEY (service, name)
);
COMMENT ON TABLE iam_condition_key IS 'Condition keys that a service documents, its global ones included';
COMMENT ON COLUMN iam_condition_key.service IS 'Prefix of the service';
COMMENT ON COLUMN iam_condition_key.name IS 'Name of the key, with placeholders such as ${TagKey}';
COMMENT ON COLUMN iam_condition_key.type IS 'Type of the value: String, ArrayOfString, Bool, Numeric, Date, ARN, IPAddress ...';

CREATE TABLE iam_rcp_service (
	service text PRIMARY KEY
);
COMMENT ON TABLE iam_rcp_service IS 'Services whose actions resource control policies apply to, as AWS documents them (RCP-7)';
COMMENT ON COLUMN iam_rcp_service.service IS 'Prefix of the service';

CREATE TABLE iam_rcp_service_override (
	service text PRIMARY KEY,
	supported boolean NOT NULL
);
COMMENT ON TABLE iam_rcp_service_override IS 'The user''s own additions to and removals from iam_rcp_service';
COMMENT ON COLUMN iam_rcp_service_override.service IS 'Prefix of the service';
COMMENT ON COLUMN iam_rcp_service_override.supported IS 'Whether resource control policies apply to the service';

CREATE FUNCTION iam_rcp_services() RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT coalesce(json_agg(s.service ORDER BY s.service), '[]')
	FROM (SELECT r.service FROM iam_rcp_service r
		  WHERE NOT EXISTS (SELECT FROM iam_rcp_service_override o WHERE o.service = r.service)
		  UNION ALL
		  SELECT o.service FROM iam_rcp_service_override o WHERE o.supported) AS s;
END;
COMMENT ON FUNCTION iam_rcp_services() IS 'Services that resource control policies apply to, overrides counted, as the rcp_services member of a request';
