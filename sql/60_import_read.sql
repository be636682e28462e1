/*
 * Reading what exports hold: percent-encoded text, policy documents, dates, tags;
 * and the checks of an export's own objects.  Internal to iam_import, except
 * iam_percent_decode.
 *
 * Policy documents are handed on as the text they were written in: json, never
 * jsonb, which would drop a duplicate key before the parser could refuse it.
 */

/* %XX only; a plus sign is a plus sign (GAAD-5) */
CREATE FUNCTION iam_percent_decode(encoded text) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'iam_percent_decode';
COMMENT ON FUNCTION iam_percent_decode(text) IS 'Decodes %XX escapes as UTF-8 and leaves everything else as it is, plus signs too';

/*
 * The server's json functions refuse a whole value for one \u0000 in it.  It is
 * replaced by another character that no text may hold, U+FDD0, for which the
 * readers look: a policy document with it is one that cannot be read, any other
 * text with it is refused.
 */
CREATE FUNCTION iam_import_without_nul(document json) RETURNS json
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN strpos(document::text, '\u0000') > 0
	THEN regexp_replace(document::text, '(?<!\\)((?:\\\\)*)\\u0000', '\1\\ufdd0', 'g')::json
	ELSE document END;
COMMENT ON FUNCTION iam_import_without_nul(json) IS 'Internal to iam_import: replaces NUL characters, which the server cannot take, by a mark';

/*
 * Members of objects and elements of arrays, without a look at what is in them.
 * `parent` counts the containers from 1 and `ordinal` a container's children from 0;
 * `key` is NULL in an array; `repeated` tells the second and later members of one key.
 * `keys`: these members of objects and no others, of objects that have no key twice.
 * `paths`: where the containers are; `path` is then where the child is.
 */
CREATE FUNCTION iam_import_members(containers json[], keys text[] DEFAULT NULL, paths text[] DEFAULT NULL,
								   OUT parent integer, OUT ordinal integer, OUT key text, OUT repeated boolean, OUT type text,
								   OUT value json, OUT path text)
RETURNS SETOF record
LANGUAGE c IMMUTABLE PARALLEL SAFE ROWS 1000	/* not strict: NULL is no container, all keys, no path */
AS 'MODULE_PATHNAME', 'iam_import_members';
COMMENT ON FUNCTION iam_import_members(json[], text[], text[]) IS 'Internal to iam_import: members of objects and elements of arrays, with the place of each';

/* One document that was read: the policy, or why there is none. */
CREATE TYPE iam_import_reading AS (
	object_kind text,
	object_arn text,
	object_name text,
	json_path text,
	policy iam_policy,
	message text,
	document text
);
COMMENT ON TYPE iam_import_reading IS 'Internal to iam_import: a policy document, or why it could not be read';

CREATE FUNCTION iam_import_document(
	object_kind text, object_arn text, object_name text, json_path text, document json)
RETURNS iam_import_reading
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100	/* not strict: whatever is NULL is to be reported */
AS 'MODULE_PATHNAME', 'iam_import_document';
COMMENT ON FUNCTION iam_import_document(text, text, text, text, json) IS 'Internal to iam_import: reads one policy document given as object, text or percent-encoded text; never fails';

/* Dates as the various clients write them; NULL for what is none, never an error. */
CREATE FUNCTION iam_import_timestamp(value json) RETURNS timestamptz
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'iam_import_timestamp';
COMMENT ON FUNCTION iam_import_timestamp(json) IS 'Internal to iam_import: a date as AWS clients write it, or seconds since 1970; NULL where it is neither';

CREATE FUNCTION iam_import_tags(tags json) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT coalesce(CASE json_typeof(tags)
		WHEN 'array' THEN (SELECT jsonb_object_agg(t ->> 'Key', coalesce(t ->> 'Value', ''))
						   FROM json_array_elements(CASE json_typeof(tags) WHEN 'array' THEN tags END) AS t)
		WHEN 'object' THEN (SELECT jsonb_object_agg(t.key, coalesce(t.value, ''))
							FROM json_each_text(CASE json_typeof(tags) WHEN 'object' THEN tags END) AS t)
	END, '{}');
END;
COMMENT ON FUNCTION iam_import_tags(json) IS 'Internal to iam_import: tags in AWS''s list form or as an object, as an object of strings';

CREATE FUNCTION iam_import_refuse(message text, json_path text, reason text, hint text) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
BEGIN
	RAISE EXCEPTION '%', message
		USING ERRCODE = 'invalid_parameter_value',
			  DETAIL = format('At %s: %s.', json_path, reason),
			  HINT = hint;
END $$;
COMMENT ON FUNCTION iam_import_refuse(text, text, text, text) IS 'Internal to iam_import: raises the error for a document of the wrong shape';

/*
 * What the members of an export's own objects must be.  Members that are not named
 * here are AWS's business and are ignored.  `nested`: the list or object whose
 * objects are checked in turn.
 */
CREATE FUNCTION iam_import_shape(OUT list text, OUT member text, OUT types text[], OUT required boolean,
								 OUT form text, OUT nested boolean)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 100
BEGIN ATOMIC
	SELECT v.list, v.member, string_to_array(v.types, ' '), v.required, v.form, v.nested
	FROM (VALUES
		('UserDetailList', 'Arn', 'string', true, '^arn:[a-z0-9-]+:iam::[0-9]{12}:user/[^*?[:space:][:cntrl:]]+$', false),
		('UserDetailList', 'UserName', 'string', false, '^[^/:]+$', false),
		('UserDetailList', 'Path', 'string', false, '^/', false),
		('UserDetailList', 'UserId', 'string', false, NULL, false),
		('UserDetailList', 'GroupList', 'array', false, NULL, false),
		('UserDetailList', 'UserPolicyList', 'array', false, NULL, true),
		('UserDetailList', 'AttachedManagedPolicies', 'array', false, NULL, true),
		('UserDetailList', 'PermissionsBoundary', 'object', false, NULL, true),
		('UserDetailList', 'Tags', 'array object', false, NULL, true),
		('GroupDetailList', 'Arn', 'string', true, '^arn:[a-z0-9-]+:iam::[0-9]{12}:group/[^*?[:space:][:cntrl:]]+$', false),
		('GroupDetailList', 'GroupName', 'string', false, '^[^/:]+$', false),
		('GroupDetailList', 'Path', 'string', false, '^/', false),
		('GroupDetailList', 'GroupId', 'string', false, NULL, false),
		('GroupDetailList', 'GroupPolicyList', 'array', false, NULL, true),
		('GroupDetailList', 'AttachedManagedPolicies', 'array', false, NULL, true),
		('RoleDetailList', 'Arn', 'string', true, '^arn:[a-z0-9-]+:iam::[0-9]{12}:role/[^*?[:space:][:cntrl:]]+$', false),
		('RoleDetailList', 'RoleName', 'string', false, '^[^/:]+$', false),
		('RoleDetailList', 'Path', 'string', false, '^/', false),
		('RoleDetailList', 'RoleId', 'string', false, NULL, false),
		('RoleDetailList', 'RolePolicyList', 'array', false, NULL, true),
		('RoleDetailList', 'AttachedManagedPolicies', 'array', false, NULL, true),
		('RoleDetailList', 'InstanceProfileList', 'array', false, NULL, true),
		('RoleDetailList', 'PermissionsBoundary', 'object', false, NULL, true),
		('RoleDetailList', 'RoleLastUsed', 'object', false, NULL, true),
		('RoleDetailList', 'Tags', 'array object', false, NULL, true),
		('Policies', 'Arn', 'string', true, '^arn:[a-z0-9-]+:iam::(aws|[0-9]{12}):policy/[^*?[:space:][:cntrl:]]+$', false),
		('Policies', 'PolicyName', 'string', false, '^[^/:]+$', false),
		('Policies', 'Path', 'string', false, '^/', false),
		('Policies', 'PolicyId', 'string', false, NULL, false),
		('Policies', 'Description', 'string', false, NULL, false),
		('Policies', 'DefaultVersionId', 'string', false, NULL, false),
		('Policies', 'IsAttachable', 'boolean', false, NULL, false),
		('Policies', 'PolicyVersionList', 'array', false, NULL, true),
		('UserPolicyList', 'PolicyName', 'string', true, NULL, false),
		('GroupPolicyList', 'PolicyName', 'string', true, NULL, false),
		('RolePolicyList', 'PolicyName', 'string', true, NULL, false),
		('AttachedManagedPolicies', 'PolicyArn', 'string', true, '^arn:[a-z0-9-]+:iam::(aws|[0-9]{12}):policy/[^*?[:space:][:cntrl:]]+$', false),
		('PermissionsBoundary', 'PermissionsBoundaryArn', 'string', true, '^arn:[a-z0-9-]+:iam::(aws|[0-9]{12}):policy/[^*?[:space:][:cntrl:]]+$', false),
		('RoleLastUsed', 'Region', 'string', false, NULL, false),
		('Tags', 'Key', 'string', true, NULL, false),
		('Tags', 'Value', 'string', false, NULL, false),
		('InstanceProfileList', 'Arn', 'string', true, '^arn:[a-z0-9-]+:iam::[0-9]{12}:instance-profile/[^*?[:space:][:cntrl:]]+$', false),
		('InstanceProfileList', 'InstanceProfileName', 'string', false, '^[^/:]+$', false),
		('InstanceProfileList', 'Path', 'string', false, '^/', false),
		('InstanceProfileList', 'InstanceProfileId', 'string', false, NULL, false),
		('PolicyVersionList', 'VersionId', 'string', true, NULL, false),
		('PolicyVersionList', 'IsDefaultVersion', 'boolean', false, NULL, false),
		('Organization', 'Id', 'string', true, '^o-[a-z0-9]{10,32}$', false),
		('Organization', 'Arn', 'string', false, '^arn:', false),
		('Organization', 'MasterAccountId', 'string', false, '^[0-9]{12}$', false),
		('Organization', 'FeatureSet', 'string', false, NULL, false),
		('Accounts', 'Id', 'string', true, '^[0-9]{12}$', false),
		('Accounts', 'Arn', 'string', false, '^arn:', false),
		('Accounts', 'Name', 'string', false, NULL, false),
		('Accounts', 'Status', 'string', false, NULL, false),
		('Accounts', 'State', 'string', false, NULL, false),
		('Accounts', 'ParentId', 'string', false, '^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$', false),
		('Accounts', 'Tags', 'array object', false, NULL, true),
		('Roots', 'Id', 'string', true, '^r-[0-9a-z]{4,32}$', false),
		('Roots', 'Arn', 'string', true, '^arn:[a-z0-9-]+:organizations::[0-9]{12}:root/o-[a-z0-9]{10,32}/', false),
		('Roots', 'PolicyTypes', 'array', false, NULL, true),
		('PolicyTypes', 'Type', 'string', true, NULL, false),
		('PolicyTypes', 'Status', 'string', true, NULL, false),
		('OrganizationalUnits', 'Id', 'string', true, '^ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}$', false),
		('OrganizationalUnits', 'Arn', 'string', false, '^arn:', false),
		('OrganizationalUnits', 'Name', 'string', false, NULL, false),
		('OrganizationalUnits', 'ParentId', 'string', false, '^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$', false),
		('OrganizationPolicies', 'PolicySummary', 'object', true, NULL, true),
		('PolicySummary', 'Id', 'string', true, '^p-[0-9a-zA-Z_]{4,128}$', false),
		('PolicySummary', 'Type', 'string', true, NULL, false),
		('PolicySummary', 'Name', 'string', false, NULL, false),
		('PolicySummary', 'Arn', 'string', false, '^arn:', false),
		('PolicySummary', 'AwsManaged', 'boolean', false, NULL, false),
		('OrganizationPolicyTargets', 'PolicyId', 'string', true, '^p-[0-9a-zA-Z_]{4,128}$', false),
		('OrganizationPolicyTargets', 'TargetId', 'string', true,
		 '^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}|[0-9]{12})$', false),
		('Resources', 'Arn', 'string', true, '^arn:[^:]*:[^:]*:[^:]*:[^:]*:.', false),
		('Resources', 'AccountId', 'string', false, '^[0-9]{12}$', false),
		('Resources', 'Tags', 'array object', false, NULL, true),
		('Resources', 'PublicAccessBlock', 'object', false, NULL, false),
		('Resources', 'ObjectOwnership', 'string', false, NULL, false),
		('Resources', 'Acl', 'object array', false, NULL, false),
		('Resources', 'Grants', 'array', false, NULL, true),
		('Grants', 'GrantId', 'string', true, NULL, false),
		('Grants', 'Name', 'string', false, NULL, false),
		('Grants', 'GranteePrincipal', 'string', false, NULL, false),
		('Grants', 'RetiringPrincipal', 'string', false, NULL, false),
		('Grants', 'IssuingAccount', 'string', false, NULL, false),
		('Grants', 'Operations', 'array', false, NULL, false),
		('Grants', 'Constraints', 'object', false, NULL, false),
		('AccountPublicAccessBlock', 'AccountId', 'string', true, '^[0-9]{12}$', false),
		('AccountPublicAccessBlock', 'PublicAccessBlock', 'object', true, NULL, false),
		('IdentityProviders', 'Arn', 'string', true, '^arn:[a-z0-9-]+:iam::[0-9]{12}:(oidc|saml)-provider/[^*?[:space:][:cntrl:]]+$', false),
		('IdentityProviders', 'Url', 'string', false, NULL, false),
		('IdentityProviders', 'ClientIds', 'array', false, NULL, false),
		('VpcEndpoints', 'VpcEndpointId', 'string', true, '^vpce-[0-9a-z]+$', false),
		('VpcEndpoints', 'AccountId', 'string', false, '^[0-9]{12}$', false),
		('VpcEndpoints', 'OwnerId', 'string', false, '^[0-9]{12}$', false),
		('VpcEndpoints', 'VpcId', 'string', false, NULL, false),
		('VpcEndpoints', 'ServiceName', 'string', false, NULL, false),
		('Targets', 'TargetId', 'string', true, '^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}|[0-9]{12})$', false),
		('Children', 'Id', 'string', true, '^(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}|[0-9]{12})$', false),
		('Parents', 'Id', 'string', true, '^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$', false),
		('ServicesLastAccessed', 'ServiceNamespace', 'string', true, '^[a-z0-9-]+$', false),
		('ServicesLastAccessed', 'LastAuthenticatedEntity', 'string', false, NULL, false),
		('ServicesLastAccessed', 'LastAuthenticatedRegion', 'string', false, NULL, false),
		('ServicesLastAccessed', 'TrackedActionsLastAccessed', 'array', false, NULL, true),
		('TrackedActionsLastAccessed', 'ActionName', 'string', true, '.', false),
		('TrackedActionsLastAccessed', 'LastAccessedEntity', 'string', false, NULL, false),
		('TrackedActionsLastAccessed', 'LastAccessedRegion', 'string', false, NULL, false),
		('resource answer', 'Policy', 'string object', false, NULL, false),
		('resource answer', 'ResourcePolicy', 'string object', false, NULL, false),
		('resource answer', 'policyText', 'string object', false, NULL, false),
		('resource answer', 'PublicAccessBlockConfiguration', 'object', false, NULL, false),
		('resource answer', 'OwnershipControls', 'object', false, NULL, true),
		('resource answer', 'Attributes', 'object', false, NULL, true),
		('resource answer', 'Owner', 'object', false, NULL, false),
		('resource answer', 'Grants', 'array', false, NULL, false),
		('resource answer', 'ARN', 'string', false, '^arn:', false),
		('resource answer', 'Arn', 'string', false, '^arn:', false),
		('OwnershipControls', 'Rules', 'array', true, NULL, true),
		('Rules', 'ObjectOwnership', 'string', true, NULL, false),
		('Attributes', 'Policy', 'string object', false, NULL, false),
		('Attributes', 'QueueArn', 'string', false, '^arn:[a-z0-9-]+:sqs:[a-z0-9-]+:[0-9]{12}:[^*?]+$', false),
		('Attributes', 'TopicArn', 'string', false, '^arn:[a-z0-9-]+:sns:[a-z0-9-]+:[0-9]{12}:[^*?]+$', false),
		('Grants', 'KeyId', 'string', false, NULL, false),
		('configurationItems', 'resourceType', 'string', true, NULL, false),
		('configurationItems', 'awsAccountId', 'string', false, '^[0-9]{12}$', false),
		('configurationItems', 'accountId', 'string', false, '^[0-9]{12}$', false),
		('configurationItems', 'arn', 'string', false, NULL, false),
		('configurationItems', 'ARN', 'string', false, NULL, false),
		('configurationItems', 'configurationItemStatus', 'string', false, NULL, false)
	) AS v (list, member, types, required, form, nested);
END;
COMMENT ON FUNCTION iam_import_shape() IS 'Internal to iam_import: what the members of an export''s objects must be';

/* Finds out what the members of some objects have that they must not have, and raises the error. */
CREATE FUNCTION iam_import_fault(list text, items json[], paths text[]) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, @extschema@, pg_temp
SET jit = off
AS $$
DECLARE
	v_message constant text := 'the document is not an export that iam_import can read';
	v_bad record;
BEGIN
	SELECT i.path, json_typeof(i.item) AS type INTO v_bad
	FROM unnest(items, paths) WITH ORDINALITY AS i (item, path, n)
	WHERE json_typeof(i.item) <> 'object'
	ORDER BY i.n LIMIT 1;
	IF FOUND THEN
		PERFORM iam_import_refuse(v_message, v_bad.path, format('expected an object, found a JSON %s', v_bad.type),
								  'Give the export as AWS returns it.');
	END IF;

	SELECT i.path, k.key INTO v_bad
	FROM unnest(items, paths) WITH ORDINALITY AS i (item, path, n)
	CROSS JOIN LATERAL (SELECT o.key FROM json_object_keys(i.item) AS o (key)
						GROUP BY o.key HAVING count(*) > 1 ORDER BY o.key LIMIT 1) AS k
	ORDER BY i.n LIMIT 1;
	IF FOUND THEN
		PERFORM iam_import_refuse(v_message, v_bad.path,
								  format('the key "%s" occurs twice in one object', left(v_bad.key, 64)),
								  'Remove one of the two: which one holds cannot be known.');
	END IF;

	/* one pass over each object's members, spelled out by member */
	SELECT c.* INTO v_bad
	FROM unnest(items, paths) WITH ORDINALITY AS i (item, path, n)
	CROSS JOIN LATERAL (
		SELECT i.path, s.member, s.types, json_typeof(e.value) AS type, e.value, s.form,
			   s.required AND coalesce(json_typeof(e.value), 'null') = 'null' AS absent
		FROM iam_import_shape() AS s
		LEFT JOIN json_each(i.item) AS e ON e.key = s.member
		WHERE s.list = iam_import_fault.list
			AND (CASE coalesce(json_typeof(e.value), 'null')
				 WHEN 'null' THEN s.required
				 ELSE NOT json_typeof(e.value) = ANY (s.types)
					  OR CASE WHEN s.form IS NOT NULL AND json_typeof(e.value) = 'string'
							  THEN (e.value #>> '{}') !~ s.form OR octet_length(e.value #>> '{}') > 1200 END
					  OR json_typeof(e.value) = 'string' AND strpos(e.value::text, '\ufdd0') > 0
				 END)
		ORDER BY s.member LIMIT 1) AS c
	ORDER BY i.n LIMIT 1;
	IF FOUND THEN
		PERFORM iam_import_refuse(v_message, v_bad.path || '.' || v_bad.member,
			CASE WHEN v_bad.absent THEN 'the member is missing'
				 WHEN v_bad.type = 'string' AND strpos(v_bad.value::text, '\ufdd0') > 0
				 THEN 'the text holds a NUL character (\u0000)'
				 WHEN NOT v_bad.type = ANY (v_bad.types)
				 THEN format('expected %s, found a JSON %s', array_to_string(v_bad.types, ' or '), v_bad.type)
				 ELSE format('the value "%s" is not what belongs here', left(v_bad.value #>> '{}', 64)) END,
			CASE WHEN v_bad.member LIKE '%Arn' THEN 'Give the ARN as AWS returns it, with account and kind of object.'
				 ELSE 'Give the export as AWS returns it.' END);
	END IF;
END $$;
COMMENT ON FUNCTION iam_import_fault(text, json[], text[]) IS 'Internal to iam_import: raises the error for the first object of a wrong shape, looking at each object alone';

/*
 * Raises an error for the first thing of a wrong shape, in document order.  Which it
 * is, is looked for only where one look at all members together says there is one.
 */
CREATE FUNCTION iam_import_check(list text, items json[], paths text[]) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, @extschema@, pg_temp
SET jit = off
AS $$
DECLARE
	v_sound boolean;
	v_members text[];
	v_bad record;
	v_nested record;
BEGIN
	WITH shape AS MATERIALIZED (
		SELECT s.member, s.types, s.form, s.required FROM iam_import_shape() AS s
		WHERE s.list = iam_import_check.list)
	SELECT coalesce(bool_and(m.sound), true)
		   AND count(*) FILTER (WHERE m.required AND m.type <> 'null')
			   = cardinality(items) * (SELECT count(*) FROM shape AS s WHERE s.required)
	INTO v_sound
	FROM (SELECT s.required, e.type,
				 NOT e.repeated
				 AND CASE WHEN s.member IS NULL OR e.type = 'null' THEN true
						  WHEN e.type <> ALL (s.types) THEN false
						  WHEN e.type <> 'string' THEN true
						  WHEN strpos(e.value::text, '\ufdd0') > 0 THEN false
						  WHEN s.form IS NULL THEN true
						  WHEN octet_length(e.value::text) > 1200 THEN false
						  ELSE (e.value #>> '{}') ~ s.form
					 END AS sound
		  FROM iam_import_members(items) AS e
		  LEFT JOIN shape AS s ON s.member = e.key
		  UNION ALL
		  SELECT false, NULL, false
		  FROM unnest(items) AS i (item)
		  WHERE json_typeof(i.item) <> 'object') AS m;
	IF NOT v_sound THEN
		PERFORM iam_import_fault(list, items, paths);
	END IF;

	/* a user's groups are plain names */
	IF list = 'UserDetailList' THEN
		SELECT g.path INTO v_bad
		FROM (SELECT array_agg(m.value), array_agg(m.path)
			  FROM iam_import_members(items, ARRAY['GroupList'], paths) AS m
			  WHERE m.type = 'array') AS l (lists, places)
		CROSS JOIN LATERAL iam_import_members(l.lists, NULL, l.places) AS g
		WHERE g.type <> 'string' OR (g.value #>> '{}') !~ '^[^/:\uFDD0]{1,128}$'
		ORDER BY g.parent, g.ordinal LIMIT 1;
		IF FOUND THEN
			PERFORM iam_import_refuse('the document is not an export that iam_import can read', v_bad.path,
									  'expected the name of a group', 'GroupList holds names, not objects or ARNs.');
		END IF;
	END IF;

	v_members := ARRAY(SELECT s.member FROM iam_import_shape() AS s WHERE s.list = iam_import_check.list AND s.nested);
	IF v_members = '{}' THEN
		RETURN;
	END IF;
	FOR v_nested IN
		WITH member AS MATERIALIZED (
			SELECT m.parent, m.key, m.type, m.value, m.path FROM iam_import_members(items, v_members, paths) AS m
			WHERE m.type = 'array' OR m.type = 'object' AND m.key <> 'Tags')
		SELECT n.member, array_agg(n.value) AS items, array_agg(n.path) AS paths
		FROM (SELECT l.member, e.value, e.path, e.parent, e.ordinal
			  FROM (SELECT m.key, array_agg(m.value), array_agg(m.path) FROM member AS m
					WHERE m.type = 'array'
					GROUP BY m.key) AS l (member, lists, places)
			  CROSS JOIN LATERAL iam_import_members(l.lists, NULL, l.places) AS e
			  UNION ALL
			  SELECT m.key, m.value, m.path, m.parent, 0 FROM member AS m
			  WHERE m.type = 'object'
			  ORDER BY 1, 4, 5) AS n
		GROUP BY n.member
		ORDER BY n.member
	LOOP
		PERFORM iam_import_check(v_nested.member, v_nested.items, v_nested.paths);
	END LOOP;
END $$;
COMMENT ON FUNCTION iam_import_check(text, json[], text[]) IS 'Internal to iam_import: raises an error for the first object of a wrong shape';
