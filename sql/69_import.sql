/*
 * iam_import: recognises what it is given and hands it on.
 *
 * A page is an export or a form of ours, whose members may come together in any
 * combination, or one of AWS's answers to a single question, which has a reader of
 * its own.  Notices tell how far a large document is.
 */

/* Which single answer a page is, of which the members have these keys; NULL: none, so it must be an export. */
CREATE FUNCTION iam_import_form(page json, keys text[], resource text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE
		WHEN keys && ARRAY['configurationItems', 'baseConfigurationItems', 'Results']
			OR keys @> ARRAY['resourceType'] AND keys && ARRAY['configuration', 'supplementaryConfiguration']
		THEN 'configuration items'
		WHEN keys && ARRAY['ServicesLastAccessed', 'JobStatus'] THEN 'services last accessed'
		WHEN keys && ARRAY['Content', 'ReportFormat'] THEN 'credential report'
		WHEN keys && ARRAY['Targets', 'Children', 'Parents']
			OR keys @> ARRAY['Policy'] AND (page #> '{Policy,PolicySummary}') IS NOT NULL
			OR keys @> ARRAY['Policies'] AND EXISTS (
				SELECT FROM (SELECT array_agg(m.value) FROM iam_import_members(ARRAY[page], ARRAY['Policies']) AS m) AS l (lists)
				CROSS JOIN LATERAL iam_import_members(l.lists) AS e
				WHERE (e.key IS NULL AND e.ordinal = 0 OR e.key = '0') AND e.value ->> 'Id' LIKE 'p-%')
			OR resource ~ '^(r-|ou-|[0-9]{12}$)' AND keys && ARRAY['Policies', 'Accounts', 'OrganizationalUnits']
		THEN 'answers about the organization'
		WHEN keys && ARRAY['Policy', 'PublicAccessBlockConfiguration', 'OwnershipControls', 'Owner', 'Grants', 'Attributes',
						   'ResourcePolicy', 'policyText', 'ARN']
		THEN 'answers about resources'
		END;
END;
COMMENT ON FUNCTION iam_import_form(json, text[], text) IS 'Internal to iam_import: which of AWS''s single answers a page is; NULL: none of them';

/* One line of what was done. */
CREATE TYPE iam_import_count AS (
	object_kind text,
	imported bigint,
	removed bigint,
	problems bigint
);
COMMENT ON TYPE iam_import_count IS 'Internal to iam_import: how many objects of a kind came, went and could not be read';

CREATE FUNCTION iam_import(document json, account_id text DEFAULT NULL, replace boolean DEFAULT NULL, resource text DEFAULT NULL)
RETURNS TABLE (object_kind text, imported bigint, removed bigint, problems bigint)
LANGUAGE plpgsql VOLATILE ROWS 12
SET search_path = pg_catalog, @extschema@, pg_temp
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	v_details constant text[] := ARRAY['UserDetailList', 'GroupDetailList', 'RoleDetailList', 'Policies'];
	v_organization constant text[] := ARRAY['Organization', 'Accounts', 'Roots', 'OrganizationalUnits', 'OrganizationPolicies',
											'OrganizationPolicyTargets'];
	v_resources constant text[] := ARRAY['Resources', 'AccountPublicAccessBlock'];
	v_account constant text[] := ARRAY['IdentityProviders', 'VpcEndpoints'];
	v_own constant text[] := v_organization || v_resources || v_account;
	v_shared constant text[] := ARRAY['Policies', 'Accounts', 'OrganizationalUnits'];	/* single answers have these too */
	v_envelope constant text[] := ARRAY['IsTruncated', 'Marker', 'NextToken', 'ResponseMetadata', '$metadata', 'ResultMetadata'];
	v_message constant text := 'the document is not an export that iam_import can read';
	v_hint constant text := 'Recognised are account authorization details (UserDetailList, GroupDetailList, RoleDetailList, Policies),'
		' as one object or an array of pages; objects with Organization, Accounts, Roots, OrganizationalUnits,'
		' OrganizationPolicies, OrganizationPolicyTargets, Resources, AccountPublicAccessBlock, IdentityProviders or VpcEndpoints;'
		' and what AWS answers about one resource, policy, target or user: docs/import.md has them all.';
	v_large boolean;
	v_document json;
	v_pages json[];
	v_prefixes text[];
	v_forms text[];
	v_key_pages integer[];
	v_keys text[];
	v_members text[];
	v_form record;
	v_counts iam_import_count[] := '{}';
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
	IF iam_import.resource !~ '^[^[:space:][:cntrl:]*?]+$' OR octet_length(iam_import.resource) > 1200 THEN
		RAISE EXCEPTION 'invalid resource "%"', left(iam_import.resource, 64)
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'Give the ARN, or the id in the organization, of what the answer is about.';
	END IF;
	v_large := octet_length(document::text) >= 4000000;
	IF v_large THEN
		RAISE NOTICE 'iam_import: reading % MB', octet_length(document::text) / 1000000;
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
			FROM iam_import_members(ARRAY[v_document]) AS e;
		ELSE
			IF iam_import_report_text(v_document) IS NULL THEN
				PERFORM iam_import_refuse(v_message, '$',
					format('expected an object or an array of pages, found a JSON %s', json_typeof(v_document)), v_hint);
			END IF;
			/* a credential report as text */
			v_pages := ARRAY[json_build_object('Content', v_document)];
			v_prefixes := ARRAY['$'];
	END CASE;
	/* pages are objects without duplicate keys, like everything in them */
	PERFORM iam_import_check('page', v_pages, v_prefixes);

	/* the keys of every page's members, with the page they are of */
	SELECT coalesce(array_agg(m.parent ORDER BY m.parent, m.ordinal), '{}'), coalesce(array_agg(m.key ORDER BY m.parent, m.ordinal), '{}')
	INTO v_key_pages, v_keys
	FROM iam_import_members(v_pages) AS m;
	SELECT coalesce(array_agg(iam_import_form(p.page, coalesce(k.keys, '{}'), iam_import.resource) ORDER BY p.n), '{}')
	INTO v_forms
	FROM unnest(v_pages) WITH ORDINALITY AS p (page, n)
	LEFT JOIN (SELECT k.page, array_agg(k.key) FROM unnest(v_keys, v_key_pages) AS k (key, page) GROUP BY k.page)
		AS k (page, keys) ON k.page = p.n;
	SELECT coalesce(array_agg(DISTINCT k.key), '{}') INTO v_members
	FROM unnest(v_keys, v_key_pages) AS k (key, page)
	JOIN unnest(v_forms) WITH ORDINALITY AS p (form, n) ON p.n = k.page
	WHERE p.form IS NULL;
	SELECT p.prefix, k.members INTO v_bad
	FROM unnest(v_prefixes, v_forms) WITH ORDINALITY AS p (prefix, form, n)
	LEFT JOIN (SELECT k.page, string_agg(k.key, ', ' ORDER BY k.n), bool_or(k.key = ANY (v_details || v_own || v_envelope))
			   FROM unnest(v_keys, v_key_pages) WITH ORDINALITY AS k (key, page, n) GROUP BY k.page)
		AS k (page, members, known) ON k.page = p.n
	WHERE p.form IS NULL AND k.known IS NOT TRUE
	ORDER BY p.n LIMIT 1;
	IF FOUND OR array_remove(v_forms, NULL) = '{}' AND NOT v_members && (v_details || v_own) THEN
		PERFORM iam_import_refuse(v_message, coalesce(v_bad.prefix, '$'),
			coalesce('none of its members is recognised (it has '
						|| left(coalesce(v_bad.members, nullif(array_to_string(v_members, ', '), '')), 200) || ')',
					 'there is nothing in it'), v_hint);
	END IF;
	/* of a single answer what is not known is AWS's business; of the rest it may be a slip of the pen */
	SELECT p.prefix || '.' || k.key AS path INTO v_bad
	FROM unnest(v_keys, v_key_pages) WITH ORDINALITY AS k (key, page, n)
	JOIN unnest(v_prefixes, v_forms) WITH ORDINALITY AS p (prefix, form, n) ON p.n = k.page
	WHERE CASE WHEN p.form IS NULL THEN NOT k.key = ANY (v_details || v_own || v_envelope)
			   ELSE k.key = ANY (v_details || v_own) AND NOT (p.form = 'answers about the organization' AND k.key = ANY (v_shared)) END
	ORDER BY k.n LIMIT 1;
	IF FOUND THEN
		PERFORM iam_import_refuse(v_message, left(v_bad.path, 200), 'an unknown member beside known ones', v_hint);
	END IF;
	IF iam_import.resource IS NOT NULL
		AND NOT v_forms && ARRAY['answers about the organization', 'answers about resources', 'services last accessed'] THEN
		RAISE EXCEPTION 'the argument resource has no meaning for this document'
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Leave it out: the document says what it is about.';
	END IF;

	FOR v_form IN
		SELECT coalesce(p.form, s.part) AS form, s.members, array_agg(p.page ORDER BY p.n) AS pages, array_agg(p.prefix ORDER BY p.n) AS prefixes
		FROM unnest(v_pages, v_prefixes, v_forms) WITH ORDINALITY AS p (page, prefix, form, n)
		LEFT JOIN (VALUES ('account authorization details', v_details), ('organization', v_organization), ('resources', v_resources),
						  ('providers and endpoints', v_account)) AS s (part, members)
			ON p.form IS NULL AND v_members && s.members
		GROUP BY 1, 2
		ORDER BY 1
	LOOP
		IF v_large THEN
			RAISE NOTICE 'iam_import: %, % pages with % objects', v_form.form, cardinality(v_form.pages),
				(SELECT count(e.ordinal)
				 FROM (SELECT array_agg(m.value) FROM iam_import_members(v_form.pages, v_form.members) AS m
					   WHERE m.type = 'array') AS l (lists)
				 CROSS JOIN LATERAL iam_import_members(l.lists) AS e);
		END IF;
		CASE v_form.form
			WHEN 'account authorization details' THEN
				v_counts := v_counts || ARRAY(SELECT ROW(d.*)::iam_import_count FROM iam_import_account_details(
					v_form.pages, v_form.prefixes, iam_import.account_id, iam_import.replace) AS d);
			WHEN 'organization' THEN
				v_counts := v_counts || ARRAY(SELECT ROW(d.*)::iam_import_count FROM iam_import_organization_lists(
					v_form.pages, v_form.prefixes, iam_import.replace) AS d);
			WHEN 'resources' THEN
				v_counts := v_counts || ARRAY(SELECT ROW(d.*)::iam_import_count FROM iam_import_resource_lists(
					v_form.pages, v_form.prefixes, iam_import.account_id, iam_import.replace) AS d);
			WHEN 'providers and endpoints' THEN
				v_counts := v_counts || ARRAY(SELECT ROW(d.*)::iam_import_count FROM iam_import_account_lists(
					v_form.pages, v_form.prefixes, iam_import.account_id, iam_import.replace) AS d);
			WHEN 'answers about the organization' THEN
				v_counts := v_counts || ARRAY(SELECT ROW(d.*)::iam_import_count FROM iam_import_organization_answers(
					v_form.pages, v_form.prefixes, iam_import.resource, iam_import.replace) AS d);
			WHEN 'answers about resources' THEN
				v_counts := v_counts || ARRAY(SELECT ROW(d.*)::iam_import_count FROM iam_import_resource_answers(
					v_form.pages, v_form.prefixes, iam_import.account_id, iam_import.resource, iam_import.replace) AS d);
			WHEN 'credential report' THEN
				v_counts := v_counts || ARRAY(SELECT ROW(d.*)::iam_import_count FROM iam_import_credential_report(
					v_form.pages, v_form.prefixes, iam_import.account_id, iam_import.replace) AS d);
			WHEN 'services last accessed' THEN
				v_counts := v_counts || ARRAY(SELECT ROW(d.*)::iam_import_count FROM iam_import_last_accessed(
					v_form.pages, v_form.prefixes, iam_import.account_id, iam_import.resource, iam_import.replace) AS d);
			WHEN 'configuration items' THEN
				v_counts := v_counts || ARRAY(SELECT ROW(d.*)::iam_import_count FROM iam_import_config_items(
					v_form.pages, v_form.prefixes, iam_import.account_id, iam_import.replace) AS d);
			ELSE
				NULL;	/* pages that are nothing but an envelope */
		END CASE;
	END LOOP;
	IF v_large THEN
		RAISE NOTICE 'iam_import: done, % objects', (SELECT sum(c.imported) FROM unnest(v_counts) AS c);
	END IF;

	RETURN QUERY
	SELECT c.object_kind, sum(c.imported)::bigint, sum(c.removed)::bigint, sum(c.problems)::bigint
	FROM unnest(v_counts) AS c
	GROUP BY c.object_kind
	HAVING sum(c.imported) + sum(c.removed) + sum(c.problems) > 0
	ORDER BY c.object_kind;
END $$;
COMMENT ON FUNCTION iam_import(json, text, boolean, text) IS 'Imports an export: account authorization details as one object or pages, the organization, resource and account forms, or AWS''s single answers, reports and Config items; what could not be read is in iam_import_problem';
REVOKE EXECUTE ON FUNCTION iam_import(json, text, boolean, text) FROM PUBLIC;
