/*
 * Importing the organization and the resources, in the forms that hold what AWS's
 * own answers leave out.  They add and update; with replace => true what the lists
 * do not have goes, within the organizations and accounts that they speak of.
 */

CREATE FUNCTION iam_import_organization_lists(pages json[], prefixes text[], replace boolean)
RETURNS TABLE (object_kind text, imported bigint, removed bigint, problems bigint)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, @extschema@, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	v_items json[];
	v_paths text[];
	v_organization text;		/* the one of the document, for items whose ARN does not say */
	v_organizations text[];
	v_readings iam_import_reading[];
	v_ids text[];
BEGIN
	SELECT coalesce(array_agg(p.page -> 'Organization' ORDER BY p.n), '{}'),
		   coalesce(array_agg(p.prefix || '.Organization' ORDER BY p.n), '{}')
	INTO v_items, v_paths
	FROM unnest(pages, prefixes) WITH ORDINALITY AS p (page, prefix, n)
	WHERE json_typeof(p.page -> 'Organization') <> 'null';
	PERFORM iam_import_check('Organization', v_items, v_paths);
	INSERT INTO iam_organization AS t (organization_id, arn, management_account_id, feature_set)
	SELECT DISTINCT ON (i.item ->> 'Id') i.item ->> 'Id', (i.item ->> 'Arn')::arn,
		   coalesce(i.item ->> 'MasterAccountId', split_part(i.item ->> 'Arn', ':', 5)), i.item ->> 'FeatureSet'
	FROM unnest(v_items) WITH ORDINALITY AS i (item, n)
	ORDER BY i.item ->> 'Id', i.n DESC
	ON CONFLICT (organization_id) DO UPDATE
	SET arn = coalesce(excluded.arn, t.arn), feature_set = coalesce(excluded.feature_set, t.feature_set),
		management_account_id = coalesce(excluded.management_account_id, t.management_account_id);
	object_kind := 'organization';
	imported := cardinality(v_items);
	removed := 0;
	problems := 0;
	RETURN NEXT;
	v_organization := v_items[1] ->> 'Id';

	SELECT c.items, c.paths INTO v_items, v_paths FROM iam_import_collect(pages, prefixes, 'Roots', 'Id') AS c;
	INSERT INTO iam_organization AS t (organization_id, management_account_id, root_id, enabled_policy_types)
	SELECT DISTINCT ON (split_part(i.item ->> 'Arn', '/', 2))
		   split_part(i.item ->> 'Arn', '/', 2), split_part(i.item ->> 'Arn', ':', 5), i.item ->> 'Id',
		   CASE WHEN json_typeof(i.item -> 'PolicyTypes') = 'array'
				THEN ARRAY(SELECT p.value ->> 'Type' FROM iam_import_elements(i.item -> 'PolicyTypes') AS p
						   WHERE p.value ->> 'Status' = 'ENABLED' ORDER BY p.value ->> 'Type') END
	FROM unnest(v_items) AS i (item)
	ORDER BY split_part(i.item ->> 'Arn', '/', 2), i.item ->> 'Id'
	ON CONFLICT (organization_id) DO UPDATE
	SET root_id = excluded.root_id, management_account_id = excluded.management_account_id,
		enabled_policy_types = coalesce(excluded.enabled_policy_types, t.enabled_policy_types);
	object_kind := 'root';
	imported := cardinality(v_items);
	RETURN NEXT;

	SELECT c.items, c.paths INTO v_items, v_paths FROM iam_import_collect(pages, prefixes, 'OrganizationalUnits', 'Id') AS c;
	SELECT array_agg(i.item ->> 'Id'), array_agg(DISTINCT coalesce(substring(i.item ->> 'Arn' FROM '/(o-[a-z0-9]+)/'), v_organization))
	INTO v_ids, v_organizations
	FROM unnest(v_items) AS i (item);
	INSERT INTO iam_organizational_unit AS t (ou_id, organization_id, parent_id, name, arn)
	SELECT i.item ->> 'Id', coalesce(substring(i.item ->> 'Arn' FROM '/(o-[a-z0-9]+)/'), v_organization), i.item ->> 'ParentId',
		   i.item ->> 'Name', (i.item ->> 'Arn')::arn
	FROM unnest(v_items) AS i (item)
	ON CONFLICT (ou_id) DO UPDATE
	SET organization_id = coalesce(excluded.organization_id, t.organization_id), parent_id = coalesce(excluded.parent_id, t.parent_id),
		name = coalesce(excluded.name, t.name), arn = coalesce(excluded.arn, t.arn);
	removed := 0;
	IF replace AND v_ids IS NOT NULL THEN
		DELETE FROM iam_organizational_unit AS t
		WHERE t.organization_id = ANY (v_organizations) AND t.ou_id <> ALL (v_ids);
		GET DIAGNOSTICS removed = ROW_COUNT;
	END IF;
	object_kind := 'organizational_unit';
	imported := cardinality(v_items);
	RETURN NEXT;

	SELECT c.items, c.paths INTO v_items, v_paths FROM iam_import_collect(pages, prefixes, 'Accounts', 'Id') AS c;
	SELECT array_agg(i.item ->> 'Id'), array_agg(DISTINCT coalesce(substring(i.item ->> 'Arn' FROM '/(o-[a-z0-9]+)/'), v_organization))
	INTO v_ids, v_organizations
	FROM unnest(v_items) AS i (item);
	INSERT INTO iam_organization AS t (organization_id, management_account_id)
	SELECT DISTINCT ON (a.form[2]) a.form[2], a.form[1]
	FROM unnest(v_items) AS i (item)
	CROSS JOIN LATERAL regexp_match(i.item ->> 'Arn', ':organizations::([0-9]{12}):account/(o-[a-z0-9]+)/') AS a (form)
	WHERE a.form IS NOT NULL
	ORDER BY a.form[2]
	ON CONFLICT (organization_id) DO UPDATE SET management_account_id = excluded.management_account_id;
	INSERT INTO iam_account AS t (account_id, arn, name, organization_id, parent_id, status, tags)
	SELECT i.item ->> 'Id', (i.item ->> 'Arn')::arn, i.item ->> 'Name',
		   coalesce(substring(i.item ->> 'Arn' FROM '/(o-[a-z0-9]+)/'), v_organization), i.item ->> 'ParentId',
		   coalesce(i.item ->> 'State', i.item ->> 'Status'),
		   CASE WHEN json_typeof(i.item -> 'Tags') <> 'null' THEN iam_import_tags(i.item -> 'Tags') END
	FROM unnest(v_items) AS i (item)
	ON CONFLICT (account_id) DO UPDATE
	SET arn = coalesce(excluded.arn, t.arn), name = coalesce(excluded.name, t.name),
		organization_id = coalesce(excluded.organization_id, t.organization_id), parent_id = coalesce(excluded.parent_id, t.parent_id),
		status = coalesce(excluded.status, t.status), tags = coalesce(excluded.tags, t.tags);
	removed := 0;
	IF replace AND v_ids IS NOT NULL THEN
		/* the account may have left; what is known of it otherwise stays */
		UPDATE iam_account AS t SET organization_id = NULL, parent_id = NULL, arn = NULL
		WHERE t.organization_id = ANY (v_organizations) AND t.account_id <> ALL (v_ids);
		GET DIAGNOSTICS removed = ROW_COUNT;
	END IF;
	object_kind := 'account';
	imported := cardinality(v_items);
	RETURN NEXT;

	SELECT c.items, c.paths INTO v_items, v_paths FROM iam_import_collect(pages, prefixes, 'OrganizationPolicies', NULL) AS c;
	SELECT array_agg(iam_import_document('control_policy', i.item -> 'PolicySummary' ->> 'Id', '', i.path || '.Content', i.item -> 'Content')
					 ORDER BY i.n),
		   array_agg(i.item -> 'PolicySummary' ->> 'Id'),
		   array_agg(DISTINCT substring(i.item -> 'PolicySummary' ->> 'Arn' FROM '/(o-[a-z0-9]+)/'))
	INTO v_readings, v_ids, v_organizations
	FROM unnest(v_items, v_paths) WITH ORDINALITY AS i (item, path, n);
	INSERT INTO iam_control_policy AS t (policy_id, type, name, arn, aws_managed, policy)
	SELECT DISTINCT ON (s.item ->> 'Id') s.item ->> 'Id', s.item ->> 'Type', s.item ->> 'Name', (s.item ->> 'Arn')::arn,
		   coalesce((s.item ->> 'AwsManaged')::boolean, false), v_readings[i.n].policy
	FROM unnest(v_items) WITH ORDINALITY AS i (item, n)
	CROSS JOIN LATERAL (SELECT i.item -> 'PolicySummary') AS s (item)
	ORDER BY s.item ->> 'Id', i.n DESC
	ON CONFLICT (policy_id) DO UPDATE
	SET type = excluded.type, name = excluded.name, arn = excluded.arn, aws_managed = excluded.aws_managed, policy = excluded.policy;
	DELETE FROM iam_import_problem AS t
	WHERE t.account_id = '' AND t.list = 'OrganizationPolicies' AND t.object_arn = ANY (v_ids);
	PERFORM iam_import_record('', 'OrganizationPolicies', v_readings);
	removed := 0;
	IF replace AND v_ids IS NOT NULL THEN
		DELETE FROM iam_control_policy AS t
		WHERE substring(t.arn::text FROM '/(o-[a-z0-9]+)/') = ANY (v_organizations) AND t.policy_id <> ALL (v_ids);
		GET DIAGNOSTICS removed = ROW_COUNT;
	END IF;
	object_kind := 'control_policy';
	imported := cardinality(v_items);
	SELECT count(*) INTO problems FROM unnest(v_readings) AS r WHERE r.message IS NOT NULL;
	RETURN NEXT;

	SELECT c.items, c.paths INTO v_items, v_paths FROM iam_import_collect(pages, prefixes, 'OrganizationPolicyTargets', NULL) AS c;
	INSERT INTO iam_control_policy_target (policy_id, target_id)
	SELECT DISTINCT i.item ->> 'PolicyId', i.item ->> 'TargetId' FROM unnest(v_items) AS i (item)
	ON CONFLICT (policy_id, target_id) DO NOTHING;
	removed := 0;
	IF replace AND cardinality(v_items) > 0 THEN
		WITH place (id, organization_id) AS (
			SELECT o.root_id, o.organization_id FROM iam_organization AS o
			UNION ALL SELECT u.ou_id, u.organization_id FROM iam_organizational_unit AS u
			UNION ALL SELECT a.account_id, a.organization_id FROM iam_account AS a)
		DELETE FROM iam_control_policy_target AS t
		WHERE t.target_id IN (SELECT p.id FROM place AS p WHERE p.organization_id IN (
				SELECT q.organization_id FROM place AS q JOIN unnest(v_items) AS i (item) ON i.item ->> 'TargetId' = q.id))
			AND NOT EXISTS (SELECT FROM unnest(v_items) AS i (item)
							WHERE i.item ->> 'PolicyId' = t.policy_id AND i.item ->> 'TargetId' = t.target_id);
		GET DIAGNOSTICS removed = ROW_COUNT;
	END IF;
	object_kind := 'control_policy_target';
	imported := cardinality(v_items);
	problems := 0;
	RETURN NEXT;
END $$;
COMMENT ON FUNCTION iam_import_organization_lists(json[], text[], boolean) IS 'Internal to iam_import: imports organization, roots, units, accounts, control policies and their targets';

CREATE FUNCTION iam_import_resource_lists(pages json[], prefixes text[], account_id text, replace boolean)
RETURNS TABLE (object_kind text, imported bigint, removed bigint, problems bigint)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, @extschema@, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	v_items json[];
	v_paths text[];
	v_accounts text[];
	v_arns arn[];
	v_readings iam_import_reading[];
	v_bad record;
BEGIN
	SELECT c.items, c.paths INTO v_items, v_paths FROM iam_import_collect(pages, prefixes, 'AccountPublicAccessBlock', 'AccountId') AS c;
	INSERT INTO iam_account AS t (account_id, public_access_block)
	SELECT i.item ->> 'AccountId', (i.item -> 'PublicAccessBlock')::jsonb FROM unnest(v_items) AS i (item)
	ON CONFLICT (account_id) DO UPDATE SET public_access_block = excluded.public_access_block;
	object_kind := 'account_public_access_block';
	imported := cardinality(v_items);
	removed := 0;
	problems := 0;
	RETURN NEXT;

	SELECT c.items, c.paths INTO v_items, v_paths FROM iam_import_collect(pages, prefixes, 'Resources', 'Arn') AS c;
	SELECT array_agg(coalesce(substring(i.item ->> 'Arn' FROM '^(?:[^:]*:){4}([0-9]{12}):'), i.item ->> 'AccountId',
							  iam_import_resource_lists.account_id) ORDER BY i.n),
		   array_agg((i.item ->> 'Arn')::arn ORDER BY i.n)
	INTO v_accounts, v_arns
	FROM unnest(v_items) WITH ORDINALITY AS i (item, n);
	SELECT i.path INTO v_bad
	FROM unnest(v_paths, v_accounts) WITH ORDINALITY AS i (path, account, n)
	WHERE i.account IS NULL ORDER BY i.n LIMIT 1;
	IF FOUND THEN
		PERFORM iam_import_refuse('the export does not say which account it belongs to', v_bad.path, 'neither Arn nor AccountId names an account',
								  'Give AccountId, or name the account: iam_import(document, account_id => ''111122223333'').');
	END IF;
	SELECT array_agg(iam_import_document('resource_policy', i.item ->> 'Arn', '', i.path || '.Policy', i.item -> 'Policy'))
	INTO v_readings
	FROM unnest(v_items, v_paths) AS i (item, path)
	WHERE coalesce(json_typeof(i.item -> 'Policy'), 'null') <> 'null';

	INSERT INTO iam_resource AS t (account_id, arn, tags, policy, policy_unreadable, public_access_block, object_ownership, acl)
	SELECT a.account, a.arn, CASE WHEN json_typeof(a.item -> 'Tags') <> 'null' THEN iam_import_tags(a.item -> 'Tags') END,
		   r.policy, coalesce(r.message IS NOT NULL, false),
		   CASE WHEN json_typeof(a.item -> 'PublicAccessBlock') <> 'null' THEN (a.item -> 'PublicAccessBlock')::jsonb END,
		   a.item ->> 'ObjectOwnership',
		   CASE WHEN json_typeof(a.item -> 'Acl') <> 'null' THEN a.item -> 'Acl' END
	FROM unnest(v_items, v_accounts, v_arns) AS a (item, account, arn)
	LEFT JOIN unnest(v_readings) AS r ON r.object_arn = a.arn::text
	ON CONFLICT (account_id, arn) DO UPDATE
	SET tags = excluded.tags, policy = excluded.policy, policy_unreadable = excluded.policy_unreadable,
		public_access_block = excluded.public_access_block, object_ownership = excluded.object_ownership, acl = excluded.acl;
	INSERT INTO iam_account (account_id) SELECT DISTINCT a.account FROM unnest(v_accounts) AS a (account)
	ON CONFLICT (account_id) DO NOTHING;

	/* the grants of a key are listed together */
	DELETE FROM iam_kms_grant AS t
	USING unnest(v_accounts, v_arns) AS a (account, arn)
	WHERE t.account_id = a.account AND t.key_arn = a.arn;
	INSERT INTO iam_kms_grant (account_id, key_arn, grant_id, name, grantee_principal, retiring_principal, issuing_account, operations,
							   constraints, created_at)
	SELECT DISTINCT ON (a.account, a.arn, x."GrantId") a.account, a.arn, x."GrantId", x."Name", x."GranteePrincipal",
		   x."RetiringPrincipal", x."IssuingAccount",
		   ARRAY(SELECT o.value #>> '{}' FROM iam_import_elements(x."Operations") AS o ORDER BY o.ordinal),
		   x."Constraints", iam_import_timestamp(x."CreationDate")
	FROM unnest(v_items, v_accounts, v_arns) AS a (item, account, arn)
	CROSS JOIN LATERAL iam_import_elements(a.item -> 'Grants') AS g
	CROSS JOIN LATERAL json_to_record(g.value) AS x ("GrantId" text, "Name" text, "GranteePrincipal" text, "RetiringPrincipal" text,
			"IssuingAccount" text, "Operations" json, "Constraints" json, "CreationDate" json)
	ORDER BY a.account, a.arn, x."GrantId", g.ordinal DESC;

	DELETE FROM iam_import_problem AS t
	USING unnest(v_accounts, v_arns) AS a (account, arn)
	WHERE t.account_id = a.account AND t.list = 'Resources' AND t.object_arn = a.arn::text;
	PERFORM iam_import_record(p.account, 'Resources', p.readings)
	FROM (SELECT a.account, array_agg(r) AS readings
		  FROM unnest(v_readings) AS r
		  JOIN unnest(v_accounts, v_arns) AS a (account, arn) ON a.arn::text = r.object_arn
		  WHERE r.message IS NOT NULL
		  GROUP BY a.account) AS p;

	removed := 0;
	IF replace AND cardinality(v_items) > 0 THEN
		DELETE FROM iam_kms_grant AS t
		WHERE t.account_id = ANY (v_accounts)
			AND NOT EXISTS (SELECT FROM unnest(v_accounts, v_arns) AS a (account, arn) WHERE a.account = t.account_id AND a.arn = t.key_arn);
		DELETE FROM iam_resource AS t
		WHERE t.account_id = ANY (v_accounts)
			AND NOT EXISTS (SELECT FROM unnest(v_accounts, v_arns) AS a (account, arn) WHERE a.account = t.account_id AND a.arn = t.arn);
		GET DIAGNOSTICS removed = ROW_COUNT;
	END IF;
	object_kind := 'resource';
	imported := cardinality(v_items);
	SELECT count(*) INTO problems FROM unnest(v_readings) AS r WHERE r.message IS NOT NULL;
	RETURN NEXT;
END $$;
COMMENT ON FUNCTION iam_import_resource_lists(json[], text[], text, boolean) IS 'Internal to iam_import: imports resources with their policies and the accounts'' Block Public Access settings';
REVOKE EXECUTE ON FUNCTION iam_import_organization_lists(json[], text[], boolean),
	iam_import_resource_lists(json[], text[], text, boolean) FROM PUBLIC;
