/* iam_import: recognises what it is given and hands it on. */
CREATE FUNCTION iam_import(document json, account_id text DEFAULT NULL, replace boolean DEFAULT NULL)
RETURNS TABLE (object_kind text, imported bigint, removed bigint, problems bigint)
LANGUAGE plpgsql VOLATILE ROWS 12
SET search_path = pg_catalog, @extschema@, pg_temp
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	v_details constant text[] := ARRAY['UserDetailList', 'GroupDetailList', 'RoleDetailList', 'Policies'];
	v_own constant text[] := ARRAY['Organization', 'Accounts', 'Roots', 'OrganizationalUnits', 'OrganizationPolicies',
								   'OrganizationPolicyTargets', 'Resources', 'AccountPublicAccessBlock'];
	v_envelope constant text[] := ARRAY['IsTruncated', 'Marker', 'NextToken', 'ResponseMetadata', '$metadata', 'ResultMetadata'];
	v_message constant text := 'the document is not an export that iam_import can read';
	v_hint constant text := 'Recognised are account authorization details (UserDetailList, GroupDetailList, RoleDetailList, Policies),'
		' as one object or an array of pages, and objects with Organization, Accounts, Roots, OrganizationalUnits,'
		' OrganizationPolicies, OrganizationPolicyTargets, Resources or AccountPublicAccessBlock.';
	v_document json;
	v_pages json[];
	v_prefixes text[];
	v_members text[];
	v_bad record;
BEGIN
	IF document IS NULL THEN
		RAISE EXCEPTION 'the document is null'
			USING ERRCODE = 'null_value_not_allowed', HINT = v_hint;
	END IF;
	IF iam_import.account_id !~ '^[0-9]{12}$' THEN
		RAISE EXCEPTION 'invalid account id "%"', left(iam_import.account_id, 64)
			USING ERRCODE = 'invalid_parameter_value', HINT = 'An account id has 12 digits.';
	END IF;
	v_document := iam_import_without_nul(document);
	CASE json_typeof(v_document)
		WHEN 'object' THEN
			v_pages := ARRAY[v_document];
			v_prefixes := ARRAY['$'];
		WHEN 'array' THEN
			SELECT coalesce(array_agg(e.value ORDER BY e.ordinal), '{}'),
				   coalesce(array_agg(format('$[%s]', e.ordinal) ORDER BY e.ordinal), '{}')
			INTO v_pages, v_prefixes
			FROM iam_import_elements(v_document) AS e;
		ELSE
			PERFORM iam_import_refuse(v_message, '$',
				format('expected an object or an array of pages, found a JSON %s', json_typeof(v_document)), v_hint);
	END CASE;
	/* pages are objects without duplicate keys, like everything in them */
	PERFORM iam_import_check('page', v_pages, v_prefixes);

	SELECT coalesce(array_agg(DISTINCT k.key), '{}') INTO v_members
	FROM unnest(v_pages) AS p (page) CROSS JOIN LATERAL json_object_keys(p.page) AS k (key);
	SELECT p.prefix, (SELECT string_agg(k.key, ', ') FROM json_object_keys(p.page) AS k (key)) AS members INTO v_bad
	FROM unnest(v_pages, v_prefixes) WITH ORDINALITY AS p (page, prefix, n)
	WHERE NOT EXISTS (SELECT FROM json_object_keys(p.page) AS k (key) WHERE k.key = ANY (v_details || v_own || v_envelope))
	ORDER BY p.n LIMIT 1;
	IF FOUND OR NOT v_members && (v_details || v_own) THEN
		PERFORM iam_import_refuse(v_message, coalesce(v_bad.prefix, '$'),
			coalesce(format('none of its members is recognised (it has %s)',
							left(coalesce(v_bad.members, nullif(array_to_string(v_members, ', '), '')), 200)),
					 'there is nothing in it'), v_hint);
	END IF;
	SELECT p.prefix || '.' || k.key AS path INTO v_bad
	FROM unnest(v_pages, v_prefixes) WITH ORDINALITY AS p (page, prefix, n)
	CROSS JOIN LATERAL json_object_keys(p.page) WITH ORDINALITY AS k (key, n)
	WHERE NOT k.key = ANY (v_details || v_own || v_envelope)
	ORDER BY p.n, k.n LIMIT 1;
	IF FOUND THEN
		PERFORM iam_import_refuse(v_message, left(v_bad.path, 200), 'an unknown member beside known ones', v_hint);
	END IF;

	RETURN QUERY
	WITH done AS MATERIALIZED (
		SELECT d.* FROM iam_import_account_details(v_pages, v_prefixes, iam_import.account_id, iam_import.replace) AS d
		WHERE v_members && v_details
		UNION ALL
		SELECT d.* FROM iam_import_organization_lists(v_pages, v_prefixes, iam_import.replace) AS d
		WHERE v_members && v_own
		UNION ALL
		SELECT d.* FROM iam_import_resource_lists(v_pages, v_prefixes, iam_import.account_id, iam_import.replace) AS d
		WHERE v_members && v_own)
	SELECT d.object_kind, sum(d.imported)::bigint, sum(d.removed)::bigint, sum(d.problems)::bigint
	FROM done AS d
	GROUP BY d.object_kind
	HAVING sum(d.imported) + sum(d.removed) + sum(d.problems) > 0
	ORDER BY d.object_kind;
END $$;
COMMENT ON FUNCTION iam_import(json, text, boolean) IS 'Imports an export: account authorization details as one object or pages, or the organization and resource forms; what could not be read is in iam_import_problem';
REVOKE EXECUTE ON FUNCTION iam_import(json, text, boolean) FROM PUBLIC;
