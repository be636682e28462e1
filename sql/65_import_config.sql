/*
 * Importing AWS Config configuration items: snapshot and history files, answers of
 * get-resource-config-history, batch-get-resource-config and select-resource-config.
 *
 * IAM items are turned into the members of account authorization details.  Config
 * records IAM once for each region, and history has several items of one thing: the
 * newest holds.  Types that bear on no policy are passed over.
 */

/* An object of Config's spelling in that of AWS's other answers: keys begin with a capital. */
CREATE FUNCTION iam_import_capitalized(value json) RETURNS json
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	/* only what has members that are read; documents stay as they are written */
	v_nested constant text[] := ARRAY['rolePolicyList', 'userPolicyList', 'groupPolicyList', 'attachedManagedPolicies',
		'instanceProfileList', 'policyVersionList', 'permissionsBoundary', 'roleLastUsed', 'tags'];
BEGIN
	RETURN CASE json_typeof(value)
		WHEN 'object' THEN
			(SELECT '{' || coalesce(string_agg(to_json(upper(left(m.key, 1)) || substr(m.key, 2))::text || ':'
											   || CASE WHEN m.key = ANY (v_nested) AND NOT (m.key = 'tags' AND json_typeof(m.value) = 'object')
													   THEN iam_import_capitalized(m.value)::text
													   ELSE m.value::text END, ',' ORDER BY m.n), '') || '}'
			 FROM json_each(value) WITH ORDINALITY AS m (key, value, n))::json
		WHEN 'array' THEN
			(SELECT '[' || coalesce(string_agg(CASE json_typeof(e.value) WHEN 'object' THEN iam_import_capitalized(e.value)::text
																		  ELSE e.value::text END, ',' ORDER BY e.ordinal), '') || ']'
			 FROM iam_import_elements(value) AS e)::json
		ELSE value END;
END $$;
COMMENT ON FUNCTION iam_import_capitalized(json) IS 'Internal to iam_import: an object of AWS Config in the spelling of AWS''s other answers';

/* A bucket's ACL in the form of get-bucket-acl. */
CREATE FUNCTION iam_import_config_acl(acl json) RETURNS json
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN json_typeof(acl) = 'object' AND json_typeof(acl -> 'grantList') = 'array' THEN
	json_build_object(
		'Owner', json_build_object('ID', acl -> 'owner' ->> 'id'),
		'Grants', (SELECT coalesce(json_agg(json_build_object(
				'Grantee', CASE json_typeof(g.value -> 'grantee')
					WHEN 'object' THEN json_build_object('Type', 'CanonicalUser', 'ID', g.value -> 'grantee' ->> 'id')
					ELSE json_build_object('Type', 'Group', 'URI', CASE g.value ->> 'grantee'
						WHEN 'LogDelivery' THEN 'http://acs.amazonaws.com/groups/s3/LogDelivery'
						ELSE 'http://acs.amazonaws.com/groups/global/' || (g.value ->> 'grantee') END) END,
				'Permission', CASE g.value ->> 'permission'
					WHEN 'FullControl' THEN 'FULL_CONTROL' WHEN 'Read' THEN 'READ' WHEN 'Write' THEN 'WRITE'
					WHEN 'ReadAcp' THEN 'READ_ACP' WHEN 'WriteAcp' THEN 'WRITE_ACP' ELSE g.value ->> 'permission' END)
			ORDER BY g.ordinal), '[]')
		FROM iam_import_elements(acl -> 'grantList') AS g)) END;
COMMENT ON FUNCTION iam_import_config_acl(json) IS 'Internal to iam_import: a bucket''s ACL from AWS Config''s form in that of get-bucket-acl; NULL where there is none';

/* Tags of an item: a list with key and value, or an object; NULL where there are none to be seen. */
CREATE FUNCTION iam_import_config_tags(item json, configuration json) RETURNS json
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
	WHEN json_typeof(configuration -> 'tags') = 'array' AND json_array_length(configuration -> 'tags') > 0
		AND json_typeof(configuration #> '{tags,0}') = 'object'
	THEN iam_import_capitalized(configuration -> 'tags')
	WHEN json_typeof(item -> 'tags') = 'array' THEN iam_import_capitalized(item -> 'tags')
	WHEN json_typeof(item -> 'tags') = 'object' THEN item -> 'tags' END;
COMMENT ON FUNCTION iam_import_config_tags(json, json) IS 'Internal to iam_import: tags of a configuration item in AWS''s list form or as an object';

/* Where a problem stands in a configuration item: Config's members begin with a small letter. */
CREATE FUNCTION iam_import_config_path(prefix text, rest text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	/* the item's member, and the list element's: what is below is the document's */
	SELECT prefix || '.configuration'
		   || coalesce(string_agg(CASE WHEN p.n = 2 OR p.n = 3 AND split_part(rest, '.', 2) LIKE '%]'
									   THEN lower(left(p.part, 1)) || substr(p.part, 2) ELSE p.part END, '.' ORDER BY p.n), '')
	FROM string_to_table(rest, '.') WITH ORDINALITY AS p (part, n);
END;
COMMENT ON FUNCTION iam_import_config_path(text, text) IS 'Internal to iam_import: the place of a problem in a configuration item';

CREATE FUNCTION iam_import_config_items(pages json[], prefixes text[], account_id text, replace boolean)
RETURNS TABLE (object_kind text, imported bigint, removed bigint, problems bigint)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, @extschema@, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	v_lists constant json := '{"AWS::IAM::User": "UserDetailList", "AWS::IAM::Group": "GroupDetailList",
		"AWS::IAM::Role": "RoleDetailList", "AWS::IAM::Policy": "Policies"}';
	v_resources constant text[] := ARRAY['AWS::S3::Bucket', 'AWS::KMS::Key', 'AWS::Lambda::Function', 'AWS::SNS::Topic', 'AWS::SQS::Queue'];
	v_items json[];
	v_paths text[];
	v_kept json[];			/* configurations of the items that hold, with ARN, type, account and item beside them */
	v_kept_items json[];
	v_kept_paths text[];
	v_kept_arns text[];
	v_kept_types text[];
	v_kept_accounts text[];
	v_pages json[];
	v_prefixes text[];
	v_facts iam_import_fact[];
	v_bad record;
BEGIN
	/* select-resource-config gives each item as text */
	SELECT coalesce(array_agg(e.item ORDER BY e.n, e.ordinal), '{}'), coalesce(array_agg(e.path ORDER BY e.n, e.ordinal), '{}')
	INTO v_items, v_paths
	FROM (SELECT p.page, p.prefix, p.n, 0::bigint
		  FROM unnest(pages, prefixes) WITH ORDINALITY AS p (page, prefix, n)
		  WHERE (p.page -> 'resourceType') IS NOT NULL
		  UNION ALL
		  SELECT iam_import_inner(i.value), format('%s.%s[%s]', p.prefix, m.member, i.ordinal), p.n, i.ordinal
		  FROM unnest(pages, prefixes) WITH ORDINALITY AS p (page, prefix, n)
		  CROSS JOIN LATERAL (VALUES ('configurationItems'), ('baseConfigurationItems'), ('Results')) AS m (member)
		  CROSS JOIN LATERAL iam_import_elements(p.page -> m.member) AS i
		  WHERE (p.page -> 'resourceType') IS NULL) AS e (item, path, n, ordinal);
	PERFORM iam_import_check('configurationItems', v_items, v_paths);

	/* the newest of each thing; what was deleted last is not there */
	WITH known AS (
		SELECT i.item, i.path, i.n, i.item ->> 'resourceType' AS type, iam_import_inner(i.item -> 'configuration') AS configuration,
			   coalesce(i.item ->> 'configurationItemStatus', '') AS status
		FROM unnest(v_items, v_paths) WITH ORDINALITY AS i (item, path, n)
		WHERE i.item ->> 'resourceType' = ANY (v_resources || 'AWS::S3::AccountPublicAccessBlock'::text)
			OR (v_lists -> (i.item ->> 'resourceType')) IS NOT NULL),
	named AS (
		SELECT k.*, coalesce(k.item ->> 'arn', k.item ->> 'ARN', k.configuration ->> 'arn',
							 CASE k.type WHEN 'AWS::S3::Bucket' THEN 'arn:aws:s3:::' || (k.item ->> 'resourceName')
										 WHEN 'AWS::S3::AccountPublicAccessBlock' THEN k.item ->> 'resourceId' END) AS arn,
			   coalesce(k.item ->> 'awsAccountId', k.item ->> 'accountId', iam_import_config_items.account_id) AS account
		FROM known AS k),
	newest AS (
		SELECT DISTINCT ON (d.type, d.arn, CASE WHEN d.arn IS NULL THEN d.n END) d.*
		FROM named AS d
		ORDER BY d.type, d.arn, CASE WHEN d.arn IS NULL THEN d.n END,
				 iam_import_timestamp(d.item -> 'configurationItemCaptureTime') DESC NULLS LAST, d.n DESC)
	SELECT array_agg(w.configuration ORDER BY w.n), array_agg(w.item ORDER BY w.n), array_agg(w.path ORDER BY w.n),
		   array_agg(w.arn ORDER BY w.n), array_agg(w.type ORDER BY w.n), array_agg(w.account ORDER BY w.n)
	INTO v_kept, v_kept_items, v_kept_paths, v_kept_arns, v_kept_types, v_kept_accounts
	FROM newest AS w
	WHERE w.status NOT IN ('ResourceDeleted', 'ResourceDeletedNotRecorded', 'ResourceNotRecorded');

	SELECT k.path, coalesce(k.arn, '') AS arn, json_typeof(k.configuration) AS type INTO v_bad
	FROM unnest(v_kept_paths, v_kept_arns, v_kept_types, v_kept) WITH ORDINALITY AS k (path, arn, type, configuration, n)
	WHERE k.type <> 'AWS::S3::AccountPublicAccessBlock'
			AND (coalesce(k.arn, '') !~ '^arn:[^:]*:[^:]*:[^:]*:[^:]*:[^[:space:][:cntrl:]]+$' OR length(k.arn) > 1200)
		OR (v_lists -> k.type) IS NOT NULL AND json_typeof(k.configuration) IS DISTINCT FROM 'object'
	ORDER BY k.n LIMIT 1;
	IF FOUND THEN
		PERFORM iam_import_refuse('the document is not an export that iam_import can read', v_bad.path,
			CASE WHEN v_bad.arn LIKE 'arn:%' THEN 'the item has no configuration' ELSE 'the item has no ARN' END,
			'Give whole configuration items, with arn and configuration.');
	END IF;

	/* identities and managed policies, each a page of its own */
	SELECT array_agg(json_build_object(v_lists ->> k.type, json_build_array(
				CASE WHEN t.tags IS NULL OR k.type NOT IN ('AWS::IAM::User', 'AWS::IAM::Role') THEN c.item
					 ELSE (regexp_replace(c.item::text, '\}\s*$', '') || ',"Tags":' || t.tags::text || '}')::json END)) ORDER BY k.n),
		   array_agg(k.path ORDER BY k.n)
	INTO v_pages, v_prefixes
	FROM unnest(v_kept, v_kept_items, v_kept_paths, v_kept_arns, v_kept_types)
		WITH ORDINALITY AS k (configuration, item, path, arn, type, n)
	CROSS JOIN LATERAL (
		/* Config's own members that nothing here reads, or that are written otherwise, are left out */
		SELECT ('{' || coalesce(string_agg(to_json(m.key)::text || ':' || m.value::text, ',' ORDER BY m.n) || ',', '')
				|| '"arn":' || to_json(k.arn)::text || '}')::json
		FROM json_each(k.configuration) WITH ORDINALITY AS m (key, value, n)
		WHERE m.key NOT IN ('arn', 'tags')) AS b (item)
	CROSS JOIN LATERAL (SELECT iam_import_capitalized(b.item)) AS c (item)
	CROSS JOIN LATERAL (SELECT iam_import_config_tags(k.item, k.configuration)) AS t (tags)
	WHERE (v_lists -> k.type) IS NOT NULL;
	IF v_pages IS NOT NULL THEN
		RETURN QUERY
			SELECT d.*
			FROM iam_import_account_details(v_pages, v_prefixes,
				CASE WHEN NOT EXISTS (SELECT FROM unnest(v_kept_arns, v_kept_types) AS k (arn, type)
									  WHERE (v_lists -> k.type) IS NOT NULL AND k.arn ~ ':iam::[0-9]{12}:')
					 THEN v_kept_accounts[1] END, coalesce(iam_import_config_items.replace, false)) AS d;
		/* problems stand where the item has them */
		UPDATE iam_import_problem AS t
		SET json_path = iam_import_config_path(m.part[1], m.part[2])
		FROM iam_import_problem AS o
		CROSS JOIN LATERAL regexp_match(o.json_path, '^(.+?)\.(?:(?:User|Group|Role)DetailList|Policies)\[0\](.*)$') AS m (part)
		WHERE (o.account_id, o.object_arn, o.json_path) = (t.account_id, t.object_arn, t.json_path)
			AND m.part[1] = ANY (v_prefixes) AND t.object_arn = ANY (v_kept_arns);
	END IF;

	INSERT INTO iam_account AS t (account_id, public_access_block)
	SELECT DISTINCT ON (k.account) k.account, iam_import_capitalized(k.configuration)::jsonb - 'AccountId'
	FROM unnest(v_kept_accounts, v_kept, v_kept_types) WITH ORDINALITY AS k (account, configuration, type, n)
	WHERE k.type = 'AWS::S3::AccountPublicAccessBlock' AND k.account ~ '^[0-9]{12}$' AND json_typeof(k.configuration) = 'object'
	ORDER BY k.account, k.n DESC
	ON CONFLICT (account_id) DO UPDATE SET public_access_block = excluded.public_access_block;
	GET DIAGNOSTICS imported = ROW_COUNT;
	object_kind := 'account_public_access_block';
	removed := 0;
	problems := 0;
	RETURN NEXT;

	SELECT array_agg(ROW(k.account, k.arn::arn, coalesce(k.path || '.' || d.member, k.path), d.member IS NOT NULL,
						 coalesce(d.document -> 'policyText', d.document -> 'policyContent', d.document),
						 iam_import_config_tags(k.item, k.configuration),
						 CASE json_typeof(b.block) WHEN 'object' THEN iam_import_capitalized(b.block) END,
						 NULL, iam_import_config_acl(iam_import_inner(s.supplementary -> 'AccessControlList')))::iam_import_fact ORDER BY k.n)
	INTO v_facts
	FROM unnest(v_kept, v_kept_items, v_kept_paths, v_kept_arns, v_kept_types, v_kept_accounts)
		WITH ORDINALITY AS k (configuration, item, path, arn, type, account, n)
	CROSS JOIN LATERAL (SELECT iam_import_inner(k.item -> 'supplementaryConfiguration')) AS s (supplementary)
	CROSS JOIN LATERAL (SELECT iam_import_inner(s.supplementary -> 'PublicAccessBlockConfiguration')) AS b (block)
	CROSS JOIN LATERAL (
		SELECT m.member,
			   /* the document itself may be text: only an envelope is opened here */
			   CASE WHEN (i.value -> 'policyText') IS NOT NULL OR (i.value -> 'policyContent') IS NOT NULL THEN i.value ELSE m.value END
		FROM (SELECT CASE WHEN k.type = 'AWS::S3::Bucket' THEN 'supplementaryConfiguration.BucketPolicy'
						  WHEN k.type IN ('AWS::SNS::Topic', 'AWS::SQS::Queue') THEN 'configuration.Policy'
						  ELSE 'supplementaryConfiguration.Policy' END,
					 CASE WHEN k.type = 'AWS::S3::Bucket' THEN s.supplementary -> 'BucketPolicy'
						  WHEN k.type IN ('AWS::SNS::Topic', 'AWS::SQS::Queue') THEN k.configuration -> 'Policy'
						  ELSE s.supplementary -> 'Policy' END) AS m (member, value)
		CROSS JOIN LATERAL (SELECT CASE json_typeof(x.value) WHEN 'object' THEN x.value END
							FROM (SELECT iam_import_inner(m.value)) AS x (value)) AS i (value)
		/* what is not there was not recorded; of a queue or topic it is all there is */
		WHERE m.value IS NOT NULL OR k.type IN ('AWS::SNS::Topic', 'AWS::SQS::Queue') AND json_typeof(k.configuration) = 'object'
		UNION ALL
		SELECT NULL, NULL
		WHERE k.type NOT IN ('AWS::SNS::Topic', 'AWS::SQS::Queue')
			AND (CASE k.type WHEN 'AWS::S3::Bucket' THEN s.supplementary -> 'BucketPolicy' ELSE s.supplementary -> 'Policy' END) IS NULL)
		AS d (member, document)
	WHERE k.type = ANY (v_resources);
	IF v_facts IS NOT NULL THEN
		RETURN QUERY SELECT r.* FROM iam_import_resource_facts(v_facts, iam_import_config_items.account_id) AS r;
	END IF;
END $$;
COMMENT ON FUNCTION iam_import_config_items(json[], text[], text, boolean) IS 'Internal to iam_import: imports AWS Config configuration items';
REVOKE EXECUTE ON FUNCTION iam_import_config_items(json[], text[], text, boolean) FROM PUBLIC;
