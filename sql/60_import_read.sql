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
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	v_escape text;
	v_text text := replace(encoded, '\', '\\');
BEGIN
	/* decode(..., 'escape') wants octal: rewrite each distinct escape once */
	FOR v_escape IN
		SELECT DISTINCT m[1] FROM regexp_matches(encoded, '(%[0-9A-Fa-f]{2})', 'g') AS m
	LOOP
		v_text := replace(v_text, v_escape,
						  '\' || lpad(((get_byte(decode(substr(v_escape, 2), 'hex'), 0) >> 6) * 100
									   + ((get_byte(decode(substr(v_escape, 2), 'hex'), 0) >> 3) & 7) * 10
									   + (get_byte(decode(substr(v_escape, 2), 'hex'), 0) & 7))::text, 3, '0'));
	END LOOP;
	IF strpos(v_text, '%') > 0 THEN
		RAISE EXCEPTION 'invalid percent-encoding'
			USING ERRCODE = 'invalid_text_representation',
				  DETAIL = 'A percent sign is not followed by two hexadecimal digits.';
	END IF;
	RETURN convert_from(decode(v_text, 'escape'), 'UTF8');
END $$;
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
LANGUAGE plpgsql IMMUTABLE PARALLEL UNSAFE COST 1000	/* not parallel safe: an exception block */
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	v_reading iam_import_reading;
	v_text text;
	v_path text;
BEGIN
	v_reading.object_kind := object_kind;
	v_reading.object_arn := object_arn;
	v_reading.object_name := coalesce(object_name, '');
	v_reading.json_path := json_path;
	IF strpos(document::text, '\ufdd0') > 0 THEN
		v_reading.message := 'the document holds a NUL character (\u0000)';
		v_reading.document := replace(document::text, '\ufdd0', '\u0000');
		RETURN v_reading;
	END IF;
	CASE coalesce(json_typeof(document), 'null')
		WHEN 'object' THEN
			v_text := document::text;
		WHEN 'null' THEN
			v_reading.message := 'the policy document is missing';
		WHEN 'string' THEN
			BEGIN
				v_text := document #>> '{}';
				IF ltrim(v_text, E' \t\r\n') LIKE '\%%' THEN
					v_text := iam_percent_decode(v_text);
				END IF;
			EXCEPTION WHEN data_exception OR untranslatable_character THEN
				v_text := NULL;
				v_reading.message := SQLERRM;
			END;
		ELSE
			v_reading.message := format('a policy document is an object or its text, not a JSON %s',
										json_typeof(document));
	END CASE;
	IF v_text IS NOT NULL THEN
		SELECT t.policy, t.problem, t.json_path INTO v_reading.policy, v_reading.message, v_path
		FROM iam_policy_try(v_text) AS t;
		IF v_path LIKE '$%' THEN
			v_reading.json_path := json_path || substr(v_path, 2);
		ELSIF v_path IS NOT NULL THEN
			v_reading.message := format('%s (%s)', v_reading.message, v_path);
		END IF;
		IF v_reading.policy IS NULL AND v_reading.message IS NULL THEN
			v_reading.message := 'the policy document could not be read';
		END IF;
	END IF;
	IF v_reading.message IS NOT NULL THEN
		v_reading.policy := NULL;
		v_reading.document := document::text;
	END IF;
	RETURN v_reading;
END $$;
COMMENT ON FUNCTION iam_import_document(text, text, text, text, json) IS 'Internal to iam_import: reads one policy document given as object, text or percent-encoded text; never fails';

/*
 * Dates as the various clients write them; NULL for what is none.  Ranges are
 * checked before anything is computed, so that no text raises an error.
 */
CREATE FUNCTION iam_import_timestamp(value json) RETURNS timestamptz
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	v_text text;
	v_clock text;
	v_zone text;
	v_seconds double precision;
	v_first date;
	v_offset interval := '0';
BEGIN
	IF value IS NULL OR json_typeof(value) NOT IN ('string', 'number') THEN
		RETURN NULL;
	END IF;
	v_text := btrim(value::text, '"');
	IF v_text ~ '^[0-9]{1,11}([.][0-9]+)?$' THEN
		RETURN to_timestamp(left(v_text, 30)::double precision);
	END IF;
	IF v_text !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+(Z|[+-][0-9:]+)?)?$' OR length(v_text) > 40
		OR left(v_text, 4) = '0000' OR substr(v_text, 6, 2) NOT BETWEEN '01' AND '12' THEN
		RETURN NULL;
	END IF;
	v_first := make_date(left(v_text, 4)::integer, substr(v_text, 6, 2)::integer, 1);
	v_clock := rtrim(substr(v_text, 12), 'Z');
	v_zone := substring(v_clock FROM '[+-].*$');
	v_clock := left(v_clock, length(v_clock) - coalesce(length(v_zone), 0));
	IF v_zone IS NOT NULL THEN
		v_zone := replace(v_zone, ':', '');
		IF v_zone !~ '^.[0-9]{4}$' OR substr(v_zone, 2, 2) > '15' OR substr(v_zone, 4, 2) > '59' THEN
			RETURN NULL;
		END IF;
		v_offset := make_interval(mins => (left(v_zone, 1) || '1')::integer
										  * (substr(v_zone, 2, 2)::integer * 60 + substr(v_zone, 4, 2)::integer));
	END IF;
	IF v_clock = '' THEN
		v_clock := '00:00:00';
	ELSIF v_clock ~ '^[0-9]{2}:[0-9]{2}$' THEN
		v_clock := v_clock || ':00';
	END IF;
	IF v_clock !~ '^[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?$' OR left(v_clock, 2) > '23' OR substr(v_clock, 4, 2) > '59'
		OR substr(v_clock, 7, 2) > '59'
		OR substr(v_text, 9, 2)::integer NOT BETWEEN 1 AND extract(day FROM v_first + interval '1 month - 1 day') THEN
		RETURN NULL;
	END IF;
	v_seconds := substr(v_clock, 7)::double precision;
	RETURN (v_first + (substr(v_text, 9, 2)::integer - 1)
			+ make_interval(hours => left(v_clock, 2)::integer, mins => substr(v_clock, 4, 2)::integer, secs => v_seconds)
			- v_offset) AT TIME ZONE 'UTC';
END $$;
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

/* Raises an error for the first thing of a wrong shape, in document order. */
CREATE FUNCTION iam_import_check(list text, items json[], paths text[]) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, @extschema@, pg_temp
SET jit = off
AS $$
DECLARE
	v_message constant text := 'the document is not an export that iam_import can read';
	v_bad record;
	v_nested record;
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
		WHERE s.list = iam_import_check.list
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

	/* a user's groups are plain names */
	IF list = 'UserDetailList' THEN
		SELECT i.path || format('.GroupList[%s]', g.n - 1) AS path INTO v_bad
		FROM unnest(items, paths) WITH ORDINALITY AS i (item, path, n)
		CROSS JOIN LATERAL json_array_elements(i.item -> 'GroupList') WITH ORDINALITY AS g (value, n)
		WHERE json_typeof(i.item -> 'GroupList') = 'array'
			AND (json_typeof(g.value) <> 'string' OR (g.value #>> '{}') !~ '^[^/:\uFDD0]{1,128}$')
		ORDER BY i.n, g.n LIMIT 1;
		IF FOUND THEN
			PERFORM iam_import_refuse(v_message, v_bad.path, 'expected the name of a group',
									  'GroupList holds names, not objects or ARNs.');
		END IF;
	END IF;

	FOR v_nested IN
		SELECT s.member, array_agg(e.value ORDER BY i.n, e.n) AS items,
			   array_agg(i.path || '.' || s.member || e.suffix ORDER BY i.n, e.n) AS paths
		FROM unnest(items, paths) WITH ORDINALITY AS i (item, path, n)
		CROSS JOIN LATERAL json_each(i.item) AS m
		JOIN iam_import_shape() AS s ON s.list = iam_import_check.list AND s.nested AND s.member = m.key
		CROSS JOIN LATERAL (
			SELECT a.value, format('[%s]', a.n - 1), a.n
			FROM json_array_elements(CASE json_typeof(m.value) WHEN 'array' THEN m.value END) WITH ORDINALITY AS a (value, n)
			UNION ALL
			SELECT m.value, '', 0
			WHERE json_typeof(m.value) = 'object' AND m.key <> 'Tags') AS e (value, suffix, n)
		GROUP BY s.member
		ORDER BY s.member
	LOOP
		PERFORM iam_import_check(v_nested.member, v_nested.items, v_nested.paths);
	END LOOP;
END $$;
COMMENT ON FUNCTION iam_import_check(text, json[], text[]) IS 'Internal to iam_import: raises an error for the first object of a wrong shape';
