/*
 * Importing what Organizations answers about one parent, child, policy or target.
 * What was asked about is not in the answer: the argument `resource` has its id.
 */

CREATE FUNCTION iam_import_organization_answers(pages json[], prefixes text[], resource text, replace boolean)
RETURNS TABLE (object_kind text, imported bigint, removed bigint, problems bigint)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, @extschema@, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	v_missing constant text := 'the answer does not say what was asked about';
	v_unit constant text := '^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$';
	v_target constant text := '^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}|[0-9]{12})$';
	v_items json[];
	v_paths text[];
	v_ids text[];
	v_needed record;
	v_list record;
BEGIN
	/* the id each member needs, in the order in which they are looked at */
	FOR v_needed IN
		SELECT m.member, m.required, m.form, m.what, m.example, p.prefix
		FROM (VALUES
			(1, 'Targets', true, '^p-[0-9a-zA-Z_]{4,128}$', 'the policy whose targets were listed', 'p-examplepolicy'),
			(2, 'Children', true, v_unit, 'the parent whose children were listed', 'ou-abcd-11111111'),
			(3, 'Parents', true, '^([0-9]{12}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$', 'the account or unit whose parents were listed', '111122223333'),
			(4, 'Policies', false, v_target, 'the target whose policies were listed', '111122223333'),
			(5, 'Accounts', false, v_unit, 'the parent whose accounts were listed', 'ou-abcd-11111111'),
			(6, 'OrganizationalUnits', false, v_unit, 'the parent whose units were listed', 'r-abcd')) AS m (n, member, required, form, what, example)
		JOIN unnest(pages, prefixes) AS p (page, prefix) ON (p.page -> m.member) IS NOT NULL
		WHERE CASE WHEN iam_import_organization_answers.resource IS NULL THEN m.required
				   ELSE iam_import_organization_answers.resource !~ m.form END
		ORDER BY m.n LIMIT 1
	LOOP
		PERFORM iam_import_refuse(CASE WHEN iam_import_organization_answers.resource IS NULL THEN v_missing
									   ELSE 'the argument resource is not what the answer is about' END,
			v_needed.prefix || '.' || v_needed.member, 'an id is needed of ' || v_needed.what,
			format('Name it: iam_import(document, resource => ''%s'').', v_needed.example));
	END LOOP;

	/* describe-policy */
	SELECT coalesce(array_agg(p.page -> 'Policy' ORDER BY p.n), '{}'), coalesce(array_agg(p.prefix || '.Policy' ORDER BY p.n), '{}')
	INTO v_items, v_paths
	FROM unnest(pages, prefixes) WITH ORDINALITY AS p (page, prefix, n)
	WHERE json_typeof(p.page -> 'Policy') IS NOT DISTINCT FROM 'object';
	PERFORM iam_import_check('OrganizationPolicies', v_items, v_paths);
	IF cardinality(v_items) > 0 THEN
		RETURN QUERY
			SELECT d.* FROM iam_import_organization_lists(
				(SELECT array_agg(json_build_object('OrganizationPolicies', json_build_array(i.item)) ORDER BY i.n)
				 FROM unnest(v_items) WITH ORDINALITY AS i (item, n)), v_paths, false) AS d;
		UPDATE iam_import_problem AS t
		SET json_path = replace(t.json_path, '.OrganizationPolicies[0]', '')
		WHERE t.account_id = '' AND t.list = 'OrganizationPolicies' AND t.json_path LIKE '%.Policy.OrganizationPolicies[0]%';
	END IF;

	/* list-policies, list-policies-for-target: without documents, which stay as they are known */
	SELECT coalesce(array_agg(e.value ORDER BY p.n, e.ordinal), '{}'),
		   coalesce(array_agg(format('%s.Policies[%s]', p.prefix, e.ordinal) ORDER BY p.n, e.ordinal), '{}')
	INTO v_items, v_paths
	FROM unnest(pages, prefixes) WITH ORDINALITY AS p (page, prefix, n)
	CROSS JOIN LATERAL iam_import_elements(p.page -> 'Policies') AS e;
	PERFORM iam_import_check('PolicySummary', v_items, v_paths);
	INSERT INTO iam_control_policy AS t (policy_id, type, name, arn, aws_managed)
	SELECT DISTINCT ON (i.item ->> 'Id') i.item ->> 'Id', i.item ->> 'Type', i.item ->> 'Name', (i.item ->> 'Arn')::arn,
		   coalesce((i.item ->> 'AwsManaged')::boolean, false)
	FROM unnest(v_items) WITH ORDINALITY AS i (item, n)
	ORDER BY i.item ->> 'Id', i.n DESC
	ON CONFLICT (policy_id) DO UPDATE
	SET type = excluded.type, name = coalesce(excluded.name, t.name), arn = coalesce(excluded.arn, t.arn), aws_managed = excluded.aws_managed;
	object_kind := 'control_policy';
	imported := cardinality(v_items);
	removed := 0;
	problems := 0;
	RETURN NEXT;
	IF iam_import_organization_answers.resource ~ v_target THEN
		SELECT coalesce(array_agg(DISTINCT i.item ->> 'Id'), '{}') INTO v_ids FROM unnest(v_items) AS i (item);
		imported := cardinality(v_ids);
		/* the answer is of one type of policy only */
		IF replace AND imported > 0 THEN
			DELETE FROM iam_control_policy_target AS t
			USING iam_control_policy AS c
			WHERE t.target_id = iam_import_organization_answers.resource AND t.policy_id <> ALL (v_ids) AND c.policy_id = t.policy_id
				AND c.type IN (SELECT i.item ->> 'Type' FROM unnest(v_items) AS i (item));
			GET DIAGNOSTICS removed = ROW_COUNT;
		END IF;
		INSERT INTO iam_control_policy_target (policy_id, target_id)
		SELECT v.id, iam_import_organization_answers.resource FROM unnest(v_ids) AS v (id)
		ON CONFLICT (policy_id, target_id) DO NOTHING;
		object_kind := 'control_policy_target';
		RETURN NEXT;
	END IF;

	/* list-targets-for-policy */
	SELECT c.items, c.paths INTO v_items, v_paths FROM iam_import_collect(pages, prefixes, 'Targets', 'TargetId') AS c;
	object_kind := 'control_policy_target';
	imported := cardinality(v_items);
	removed := 0;
	IF replace AND EXISTS (SELECT FROM unnest(pages) AS p (page) WHERE (p.page -> 'Targets') IS NOT NULL) THEN
		DELETE FROM iam_control_policy_target AS t
		WHERE t.policy_id = iam_import_organization_answers.resource
			AND NOT EXISTS (SELECT FROM unnest(v_items) AS i (item) WHERE i.item ->> 'TargetId' = t.target_id);
		GET DIAGNOSTICS removed = ROW_COUNT;
	END IF;
	INSERT INTO iam_control_policy_target (policy_id, target_id)
	SELECT iam_import_organization_answers.resource, i.item ->> 'TargetId' FROM unnest(v_items) AS i (item)
	ON CONFLICT (policy_id, target_id) DO NOTHING;
	RETURN NEXT;

	/* the tree, edge by edge: list-children, list-parents, and the lists for one parent */
	SELECT c.items, c.paths INTO v_items, v_paths FROM iam_import_collect(pages, prefixes, 'Children', 'Id') AS c;
	INSERT INTO iam_account AS t (account_id, parent_id)
	SELECT i.item ->> 'Id', iam_import_organization_answers.resource FROM unnest(v_items) AS i (item)
	WHERE i.item ->> 'Id' ~ '^[0-9]'
	ON CONFLICT (account_id) DO UPDATE SET parent_id = excluded.parent_id;
	INSERT INTO iam_organizational_unit AS t (ou_id, parent_id)
	SELECT i.item ->> 'Id', iam_import_organization_answers.resource FROM unnest(v_items) AS i (item)
	WHERE i.item ->> 'Id' LIKE 'ou-%'
	ON CONFLICT (ou_id) DO UPDATE SET parent_id = excluded.parent_id;
	object_kind := 'account';
	SELECT count(*) INTO imported FROM unnest(v_items) AS i (item) WHERE i.item ->> 'Id' ~ '^[0-9]';
	removed := 0;
	RETURN NEXT;
	object_kind := 'organizational_unit';
	imported := cardinality(v_items) - imported;
	RETURN NEXT;

	SELECT c.items, c.paths INTO v_items, v_paths FROM iam_import_collect(pages, prefixes, 'Parents', 'Id') AS c;
	imported := least(cardinality(v_items), 1);
	IF iam_import_organization_answers.resource ~ '^[0-9]{12}$' THEN
		INSERT INTO iam_account AS t (account_id, parent_id)
		SELECT iam_import_organization_answers.resource, i.item ->> 'Id' FROM unnest(v_items) AS i (item) LIMIT 1
		ON CONFLICT (account_id) DO UPDATE SET parent_id = excluded.parent_id;
		object_kind := 'account';
	ELSE
		INSERT INTO iam_organizational_unit AS t (ou_id, parent_id)
		SELECT iam_import_organization_answers.resource, i.item ->> 'Id' FROM unnest(v_items) AS i (item) LIMIT 1
		ON CONFLICT (ou_id) DO UPDATE SET parent_id = excluded.parent_id;
		object_kind := 'organizational_unit';
	END IF;
	RETURN NEXT;

	FOR v_list IN
		SELECT k.list, k.kind, array_agg(p.page ORDER BY p.n) AS pages, array_agg(p.prefix ORDER BY p.n) AS prefixes
		FROM (VALUES ('Accounts', 'account'), ('OrganizationalUnits', 'organizational_unit')) AS k (list, kind)
		JOIN unnest(pages, prefixes) WITH ORDINALITY AS p (page, prefix, n) ON (p.page -> k.list) IS NOT NULL
		GROUP BY k.list, k.kind
		ORDER BY k.list
	LOOP
		RETURN QUERY
			SELECT d.* FROM iam_import_organization_lists(v_list.pages, v_list.prefixes, false) AS d
			WHERE d.object_kind = v_list.kind;
		UPDATE iam_account AS t SET parent_id = iam_import_organization_answers.resource
		FROM unnest(v_list.pages) AS p (page)
		CROSS JOIN LATERAL iam_import_elements(p.page -> 'Accounts') AS i
		WHERE t.account_id = i.value ->> 'Id';
		UPDATE iam_organizational_unit AS t SET parent_id = iam_import_organization_answers.resource
		FROM unnest(v_list.pages) AS p (page)
		CROSS JOIN LATERAL iam_import_elements(p.page -> 'OrganizationalUnits') AS i
		WHERE t.ou_id = i.value ->> 'Id';
	END LOOP;
END $$;
COMMENT ON FUNCTION iam_import_organization_answers(json[], text[], text, boolean) IS 'Internal to iam_import: imports what Organizations answers about one parent, child, policy or target';
REVOKE EXECUTE ON FUNCTION iam_import_organization_answers(json[], text[], text, boolean) FROM PUBLIC;
