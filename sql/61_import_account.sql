/*
 * Importing account authorization details (GAAD-1..6).
 *
 * Every statement works on all objects of a list at once.  An object's own lists
 * (inline policies, attachments, groups) are complete whenever the object is there,
 * so they replace what is stored for it; whether objects that are not in the
 * document go is decided per list.  Plans depend on how much an export holds, so
 * they are made anew each time.
 */

/* A user, group or role of an export. */
CREATE TYPE iam_import_identity AS (
	json_path text,
	arn arn,
	kind text,
	name text,
	path text,
	unique_id text,
	created_at json,
	inline_path text,
	inline_policies json,
	groups json,
	attachments json,
	boundary arn,
	tags json,
	trust json,
	profiles json,
	last_used_at json,
	last_used_region text
);
COMMENT ON TYPE iam_import_identity IS 'Internal to iam_import: a user, group or role of an export';

CREATE FUNCTION iam_import_identities(items json[], paths text[]) RETURNS SETOF iam_import_identity
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 100
BEGIN ATOMIC
	SELECT i.path, x."Arn"::arn, t.kind,
		   coalesce(x."UserName", x."GroupName", x."RoleName", regexp_replace(x."Arn", '^.*/', '')),
		   coalesce(x."Path", regexp_replace(x."Arn", '^[^/]*(/(?:.*/)?)[^/]*$', '\1')),
		   coalesce(x."UserId", x."GroupId", x."RoleId"),
		   x."CreateDate",
		   i.path || CASE t.kind WHEN 'user' THEN '.UserPolicyList' WHEN 'group' THEN '.GroupPolicyList' ELSE '.RolePolicyList' END,
		   CASE t.kind WHEN 'user' THEN x."UserPolicyList" WHEN 'group' THEN x."GroupPolicyList" ELSE x."RolePolicyList" END,
		   x."GroupList", x."AttachedManagedPolicies",
		   CASE WHEN t.kind <> 'group' THEN (x."PermissionsBoundary" ->> 'PermissionsBoundaryArn')::arn END,
		   x."Tags", x."AssumeRolePolicyDocument", x."InstanceProfileList",
		   x."RoleLastUsed" -> 'LastUsedDate', x."RoleLastUsed" ->> 'Region'
	FROM unnest(items, paths) AS i (item, path)
	CROSS JOIN LATERAL json_to_record(i.item) AS x (
		"Arn" text, "UserName" text, "GroupName" text, "RoleName" text, "Path" text,
		"UserId" text, "GroupId" text, "RoleId" text, "CreateDate" json,
		"UserPolicyList" json, "GroupPolicyList" json, "RolePolicyList" json, "GroupList" json,
		"AttachedManagedPolicies" json, "PermissionsBoundary" json, "Tags" json,
		"AssumeRolePolicyDocument" json, "InstanceProfileList" json, "RoleLastUsed" json)
	CROSS JOIN LATERAL (SELECT substring(x."Arn" FROM '^(?:[^:]*:){5}([a-z]+)/')) AS t (kind);
END;
COMMENT ON FUNCTION iam_import_identities(json[], text[]) IS 'Internal to iam_import: users, groups and roles of an export as rows';

CREATE FUNCTION iam_import_elements(list json) RETURNS TABLE (value json, ordinal bigint)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 10
BEGIN ATOMIC
	SELECT e.value, e.n - 1
	FROM json_array_elements(CASE json_typeof(list) WHEN 'array' THEN list END) WITH ORDINALITY AS e (value, n);
END;
COMMENT ON FUNCTION iam_import_elements(json) IS 'Internal to iam_import: elements of an array, none for null';

/* Not in the language SQL: there Citus takes no parameters. */
CREATE FUNCTION iam_import_record(account text, list text, readings iam_import_reading[]) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	INSERT INTO iam_import_problem (account_id, list, object_kind, object_arn, object_name, json_path, message, document)
	SELECT DISTINCT ON (r.object_arn, left(r.json_path, 500))
		   iam_import_record.account, iam_import_record.list, r.object_kind, r.object_arn, r.object_name, left(r.json_path, 500),
		   r.message, r.document
	FROM unnest(readings) AS r
	WHERE r.message IS NOT NULL
	ORDER BY r.object_arn, left(r.json_path, 500), r.message
	ON CONFLICT (account_id, object_arn, json_path) DO UPDATE
	SET list = excluded.list, object_kind = excluded.object_kind, object_name = excluded.object_name,
		message = excluded.message, document = excluded.document;
END $$;
COMMENT ON FUNCTION iam_import_record(text, text, iam_import_reading[]) IS 'Internal to iam_import: writes what could not be read to iam_import_problem';

CREATE FUNCTION iam_import_bad_date(object_kind text, object_arn text, object_name text, json_path text, value json)
RETURNS SETOF iam_import_reading
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
	SELECT object_kind, object_arn, coalesce(object_name, ''), json_path, NULL::iam_policy,
		   'the date could not be read'::text, value::text
	WHERE json_typeof(value) <> 'null' AND iam_import_timestamp(value) IS NULL;
END;
COMMENT ON FUNCTION iam_import_bad_date(text, text, text, text, json) IS 'Internal to iam_import: a row where a date could not be read';

/* Users, groups and roles with everything that hangs on them. */
CREATE FUNCTION iam_import_identity_lists(account text, identities iam_import_identity[], replaced text[])
RETURNS TABLE (object_kind text, imported bigint, removed bigint)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, @extschema@, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	v_here arn[];				/* identities in the document */
	v_gone arn[];				/* stored identities that go */
	v_touched arn[];			/* these and the ones in the document */
	v_inline iam_import_reading[];
	v_trust iam_import_reading[];
	v_att_identity arn[];
	v_att_policy arn[];
	v_foreign record;
	v_member_user arn[];
	v_member_group text[];
	v_members_removed bigint;
	v_count record;
BEGIN
	SELECT coalesce(array_agg(d.arn), '{}') INTO v_here FROM unnest(identities) AS d;
	/* what goes: absent from a list that replaces, or its name now belongs to another ARN */
	WITH absent AS MATERIALIZED (
		SELECT i.arn, i.kind, i.name FROM iam_identity AS i
		WHERE i.account_id = account
			AND NOT EXISTS (SELECT FROM unnest(v_here) AS d (arn) WHERE d.arn = i.arn))
	SELECT coalesce(array_agg(g.arn), '{}') INTO v_gone
	FROM (SELECT a.arn FROM absent AS a WHERE a.kind = ANY (replaced)
		  UNION
		  SELECT a.arn FROM absent AS a
		  JOIN unnest(identities) AS d ON d.kind = a.kind AND lower(d.name) = lower(a.name)) AS g;
	v_touched := v_gone || v_here;

	SELECT array_agg(iam_import_document('inline_policy', d.arn::text, p.value ->> 'PolicyName',
				format('%s[%s].PolicyDocument', d.inline_path, p.ordinal), p.value -> 'PolicyDocument'))
	INTO v_inline
	FROM unnest(identities) AS d
	CROSS JOIN LATERAL iam_import_elements(d.inline_policies) AS p;

	SELECT array_agg(iam_import_document('trust_policy', d.arn::text, '', d.json_path || '.AssumeRolePolicyDocument', d.trust))
	INTO v_trust
	FROM unnest(identities) AS d
	WHERE d.kind = 'role';

	SELECT array_agg(a.identity), array_agg(a.policy) INTO v_att_identity, v_att_policy
	FROM (SELECT DISTINCT d.arn, (e.value ->> 'PolicyArn')::arn
		  FROM unnest(identities) AS d
		  CROSS JOIN LATERAL iam_import_elements(d.attachments) AS e) AS a (identity, policy);

	SELECT f.member, f.policy, (SELECT d.json_path FROM unnest(identities) AS d WHERE d.arn = f.identity LIMIT 1) AS path
	INTO v_foreign
	FROM (SELECT a.identity, a.policy, 'AttachedManagedPolicies' AS member FROM unnest(v_att_identity, v_att_policy) AS a (identity, policy)
		  UNION ALL
		  SELECT d.arn, d.boundary, 'PermissionsBoundary' FROM unnest(identities) AS d) AS f
	WHERE arn_account(f.policy) NOT IN (account, 'aws')
	LIMIT 1;
	IF FOUND THEN
		PERFORM iam_import_refuse('the document is not an export that iam_import can read', v_foreign.path || '.' || v_foreign.member,
			format('"%s" is a policy of another account', left(v_foreign.policy::text, 256)), 'IAM attaches policies of the same account, and of AWS.');
	END IF;

	SELECT array_agg(m.user_arn), array_agg(m.name) INTO v_member_user, v_member_group
	FROM (SELECT DISTINCT ON (d.arn, lower(e.value #>> '{}')) d.arn, e.value #>> '{}'
		  FROM unnest(identities) AS d
		  CROSS JOIN LATERAL iam_import_elements(d.groups) AS e
		  WHERE d.kind = 'user'
		  ORDER BY d.arn, lower(e.value #>> '{}')) AS m (user_arn, name);

	/* first what goes, dependents before what they depend on */
	DELETE FROM iam_inline_policy AS t
	USING unnest(v_touched) AS s (arn)
	WHERE t.account_id = account AND t.identity_arn = s.arn
		AND NOT EXISTS (SELECT FROM unnest(v_inline) AS r
						WHERE r.object_arn::arn = t.identity_arn AND r.object_name = t.name);
	GET DIAGNOSTICS removed = ROW_COUNT;
	object_kind := 'inline_policy';
	SELECT count(DISTINCT (r.object_arn, r.object_name)) INTO imported FROM unnest(v_inline) AS r;
	RETURN NEXT;

	DELETE FROM iam_attachment AS t
	USING unnest(v_touched) AS s (arn)
	WHERE t.account_id = account AND t.identity_arn = s.arn
		AND NOT EXISTS (SELECT FROM unnest(v_att_identity, v_att_policy) AS a (identity, policy)
						WHERE a.identity = t.identity_arn AND a.policy = t.policy_arn);
	GET DIAGNOSTICS removed = ROW_COUNT;
	object_kind := 'attachment';
	imported := coalesce(cardinality(v_att_identity), 0);
	RETURN NEXT;

	DELETE FROM iam_trust AS t
	USING unnest(v_gone) AS s (arn)
	WHERE t.account_id = account AND t.role_arn = s.arn;
	GET DIAGNOSTICS removed = ROW_COUNT;
	object_kind := 'trust_policy';
	imported := coalesce(cardinality(v_trust), 0);
	RETURN NEXT;

	DELETE FROM iam_instance_profile AS t
	WHERE t.account_id = account
		AND ('role' = ANY (replaced) OR t.role_arn IN (SELECT s.arn FROM unnest(v_touched) AS s (arn)))
		AND NOT EXISTS (SELECT FROM unnest(identities) AS d
						CROSS JOIN LATERAL iam_import_elements(d.profiles) AS p
						WHERE (p.value ->> 'Arn')::arn = t.arn);
	GET DIAGNOSTICS removed = ROW_COUNT;
	object_kind := 'instance_profile';
	SELECT count(DISTINCT p.value ->> 'Arn') INTO imported
	FROM unnest(identities) AS d
	CROSS JOIN LATERAL iam_import_elements(d.profiles) AS p;
	RETURN NEXT;

	/* GroupList holds names, which are compared without regard to case */
	DELETE FROM iam_group_member AS t
	USING unnest(v_touched) AS s (arn)
	WHERE t.account_id = account AND t.user_arn = s.arn
		AND NOT EXISTS (SELECT FROM unnest(v_member_user, v_member_group) AS m (user_arn, name)
						WHERE m.user_arn = t.user_arn AND lower(m.name) = lower(regexp_replace(t.group_arn::text, '^.*/', '')));
	GET DIAGNOSTICS v_members_removed = ROW_COUNT;

	FOR v_count IN
		SELECT k.kind, coalesce(h.count, 0) AS here, coalesce(g.count, 0) AS gone
		FROM (VALUES ('user'), ('group'), ('role')) AS k (kind)
		LEFT JOIN (SELECT d.kind, count(*) FROM unnest(identities) AS d GROUP BY d.kind) AS h ON h.kind = k.kind
		LEFT JOIN (SELECT i.kind, count(*) FROM unnest(v_gone) AS g (arn)
				   JOIN iam_identity AS i ON i.account_id = account AND i.arn = g.arn GROUP BY i.kind) AS g ON g.kind = k.kind
	LOOP
		object_kind := v_count.kind;
		imported := v_count.here;
		removed := v_count.gone;
		RETURN NEXT;
	END LOOP;
	/* plans made anew each time are for this function's queries, not for the foreign keys' */
	PERFORM set_config('plan_cache_mode', 'auto', true);
	DELETE FROM iam_identity AS t
	USING unnest(v_gone) AS g (arn)
	WHERE t.account_id = account AND t.arn = g.arn;

	/* then what comes; rows that are the same already are left alone */
	INSERT INTO iam_identity AS t (account_id, arn, kind, name, path, unique_id, tags, permissions_boundary,
								   created_at, last_used_at, last_used_region)
	SELECT account, d.arn, d.kind, d.name, d.path, d.unique_id, iam_import_tags(d.tags), d.boundary,
		   iam_import_timestamp(d.created_at), iam_import_timestamp(d.last_used_at), d.last_used_region
	FROM unnest(identities) AS d
	ON CONFLICT (account_id, arn) DO UPDATE
	SET kind = excluded.kind, name = excluded.name, path = excluded.path, unique_id = excluded.unique_id,
		tags = excluded.tags, permissions_boundary = excluded.permissions_boundary, created_at = excluded.created_at,
		last_used_at = excluded.last_used_at, last_used_region = excluded.last_used_region
	WHERE (t.kind, t.name, t.path, t.unique_id, t.tags, t.permissions_boundary, t.created_at, t.last_used_at,
		   t.last_used_region)
		IS DISTINCT FROM (excluded.kind, excluded.name, excluded.path, excluded.unique_id, excluded.tags,
						  excluded.permissions_boundary, excluded.created_at, excluded.last_used_at,
						  excluded.last_used_region);

	INSERT INTO iam_inline_policy AS t (account_id, identity_arn, name, policy)
	SELECT DISTINCT ON (r.object_arn, r.object_name) account, r.object_arn::arn, r.object_name, r.policy
	FROM unnest(v_inline) WITH ORDINALITY AS r
	ORDER BY r.object_arn, r.object_name, r.ordinality DESC
	ON CONFLICT (account_id, identity_arn, name) DO UPDATE SET policy = excluded.policy
	WHERE t.policy IS DISTINCT FROM excluded.policy;

	INSERT INTO iam_attachment (account_id, identity_arn, policy_arn)
	SELECT account, a.identity, a.policy
	FROM unnest(v_att_identity, v_att_policy) AS a (identity, policy)
	ON CONFLICT (account_id, identity_arn, policy_arn) DO NOTHING;

	INSERT INTO iam_trust AS t (account_id, role_arn, policy)
	SELECT account, r.object_arn::arn, r.policy
	FROM unnest(v_trust) AS r
	ON CONFLICT (account_id, role_arn) DO UPDATE SET policy = excluded.policy
	WHERE t.policy IS DISTINCT FROM excluded.policy;

	INSERT INTO iam_instance_profile AS t (account_id, arn, name, path, unique_id, role_arn, created_at)
	SELECT DISTINCT ON (x."Arn") account, x."Arn"::arn,
		   coalesce(x."InstanceProfileName", regexp_replace(x."Arn", '^.*/', '')),
		   coalesce(x."Path", regexp_replace(x."Arn", '^[^/]*(/(?:.*/)?)[^/]*$', '\1')),
		   x."InstanceProfileId", d.arn, iam_import_timestamp(x."CreateDate")
	FROM unnest(identities) AS d
	CROSS JOIN LATERAL iam_import_elements(d.profiles) AS p
	CROSS JOIN LATERAL json_to_record(p.value) AS x ("Arn" text, "InstanceProfileName" text, "Path" text,
													 "InstanceProfileId" text, "CreateDate" json)
	ORDER BY x."Arn", d.arn DESC
	ON CONFLICT (account_id, arn) DO UPDATE
	SET name = excluded.name, path = excluded.path, unique_id = excluded.unique_id, role_arn = excluded.role_arn,
		created_at = excluded.created_at
	WHERE (t.name, t.path, t.unique_id, t.role_arn, t.created_at)
		IS DISTINCT FROM (excluded.name, excluded.path, excluded.unique_id, excluded.role_arn, excluded.created_at);

	/*
	 * A group that is not known yet gets the ARN it has with path /; when a later
	 * page brings the group, its members follow its true ARN.
	 */
	INSERT INTO iam_group_member (account_id, group_arn, user_arn)
	SELECT account, coalesce(i.arn, format('arn:%s:iam::%s:group/%s', arn_partition(m.user_arn), account, m.name)::arn),
		   m.user_arn
	FROM unnest(v_member_user, v_member_group) AS m (user_arn, name)
	LEFT JOIN iam_identity AS i ON i.account_id = account AND i.kind = 'group' AND lower(i.name) = lower(m.name)
	ON CONFLICT (account_id, group_arn, user_arn) DO NOTHING;
	WITH stale AS (
		DELETE FROM iam_group_member AS m
		USING iam_identity AS i
		WHERE m.account_id = account AND i.account_id = account AND i.kind = 'group'
			AND lower(i.name) = lower(regexp_replace(m.group_arn::text, '^.*/', '')) AND i.arn <> m.group_arn
		RETURNING i.arn AS group_arn, m.user_arn)
	INSERT INTO iam_group_member (account_id, group_arn, user_arn)
	SELECT account, s.group_arn, s.user_arn FROM stale AS s
	ON CONFLICT (account_id, group_arn, user_arn) DO NOTHING;
	object_kind := 'group_member';
	imported := coalesce(cardinality(v_member_user), 0);
	removed := v_members_removed;
	RETURN NEXT;

	/* what could not be read, list by list */
	FOR v_count IN
		SELECT k.list, array_agg(x.reading) AS problems
		FROM (SELECT d.kind, b FROM unnest(identities) AS d
			  CROSS JOIN LATERAL iam_import_bad_date(d.kind, d.arn::text, '', d.json_path || '.CreateDate', d.created_at) AS b
			  UNION ALL
			  SELECT d.kind, b FROM unnest(identities) AS d
			  CROSS JOIN LATERAL iam_import_bad_date(d.kind, d.arn::text, '', d.json_path || '.RoleLastUsed.LastUsedDate',
													 d.last_used_at) AS b
			  UNION ALL
			  SELECT d.kind, b FROM unnest(identities) AS d
			  CROSS JOIN LATERAL iam_import_elements(d.profiles) AS p
			  CROSS JOIN LATERAL iam_import_bad_date('instance_profile', d.arn::text, p.value ->> 'InstanceProfileName',
					format('%s.InstanceProfileList[%s].CreateDate', d.json_path, p.ordinal), p.value -> 'CreateDate') AS b
			  UNION ALL
			  SELECT substring(r.object_arn FROM '^(?:[^:]*:){5}([a-z]+)/'), r FROM unnest(v_inline) AS r
			  WHERE r.message IS NOT NULL
			  UNION ALL
			  SELECT 'role', r FROM unnest(v_trust) AS r
			  WHERE r.message IS NOT NULL) AS x (kind, reading)
		JOIN (VALUES ('UserDetailList', 'user'), ('GroupDetailList', 'group'), ('RoleDetailList', 'role')) AS k (list, kind)
			ON k.kind = x.kind
		GROUP BY k.list
	LOOP
		PERFORM iam_import_record(account, v_count.list, v_count.problems);
	END LOOP;
END $$;
COMMENT ON FUNCTION iam_import_identity_lists(text, iam_import_identity[], text[]) IS 'Internal to iam_import: stores users, groups and roles with everything that hangs on them';

/* Managed policies: customer policies of the account, AWS managed policies of everybody. */
CREATE FUNCTION iam_import_policy_list(account text, items json[], paths text[], replace boolean)
RETURNS TABLE (object_kind text, imported bigint, removed bigint)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, @extschema@, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	v_policies iam_managed_policy[];	/* one for each item; without the document */
	v_arns arn[];
	v_lists json[];						/* each PolicyVersionList, its place and item */
	v_places text[];
	v_owners integer[];
	v_elements json[];					/* the elements of all of these, with place, ordinal and item */
	v_element_places text[];
	v_ordinals integer[];
	v_items integer[];
	v_version_items integer[];			/* of the elements one for each version, the last: item, id, date, document */
	v_version_ids text[];
	v_version_dates timestamptz[];
	v_documents iam_import_reading[];
	v_defaults bigint[];				/* of each item the default version among the documents, and its policy */
	v_in_force iam_policy[];
	v_is_default boolean[];				/* of each version, with account and ARN */
	v_version_accounts text[];
	v_version_arns arn[];
	v_settled bigint[];					/* what is stored already, or loses against what is */
	v_problems iam_import_reading[];
	v_gone arn[] := '{}';
BEGIN
	SELECT array_agg(p.policy), array_agg((p.policy).arn) INTO v_policies, v_arns
	FROM (SELECT ROW(CASE WHEN x."Arn" LIKE '%:iam::aws:%' THEN 'aws' ELSE account END, x."Arn"::arn,
					 coalesce(x."PolicyName", regexp_replace(x."Arn", '^.*/', '')),
					 coalesce(x."Path", regexp_replace(x."Arn", '^[^/]*(/(?:.*/)?)[^/]*$', '\1')), x."PolicyId",
					 x."Description", x."IsAttachable", coalesce(x."DefaultVersionId", v.version_id),
					 iam_import_timestamp(x."CreateDate"), iam_import_timestamp(x."UpdateDate"), NULL)::iam_managed_policy
		  FROM unnest(items) WITH ORDINALITY AS i (item, n)
		  CROSS JOIN LATERAL json_to_record(i.item) AS x ("Arn" text, "PolicyName" text, "Path" text, "PolicyId" text,
				"Description" text, "IsAttachable" boolean, "DefaultVersionId" text, "CreateDate" json, "UpdateDate" json,
				"PolicyVersionList" json)
		  LEFT JOIN LATERAL (
				SELECT e.value ->> 'VersionId' AS version_id
				FROM iam_import_elements(CASE WHEN x."DefaultVersionId" IS NULL THEN x."PolicyVersionList" END) AS e
				WHERE (e.value ->> 'IsDefaultVersion')::boolean
				ORDER BY e.ordinal DESC LIMIT 1) AS v ON true
		  ORDER BY i.n) AS p (policy);

	SELECT array_agg(m.value), array_agg(m.path), array_agg(m.parent) INTO v_lists, v_places, v_owners
	FROM iam_import_members(items, ARRAY['PolicyVersionList'], paths) AS m
	WHERE m.type = 'array';
	SELECT array_agg(e.value), array_agg(e.path), array_agg(e.ordinal), array_agg(e.item)
	INTO v_elements, v_element_places, v_ordinals, v_items
	FROM (SELECT m.value, m.path, m.ordinal, o.item FROM iam_import_members(v_lists, NULL, v_places) AS m
		  JOIN unnest(v_owners) WITH ORDINALITY AS o (item, n) ON o.n = m.parent
		  ORDER BY m.parent, m.ordinal) AS e;
	SELECT array_agg(v.item), array_agg(v.version_id), array_agg(v.created_at),
		   array_agg(iam_import_document('managed_policy_version', v.arn::text, v.version_id, v.path || '.Document', v.document))
	INTO v_version_items, v_version_ids, v_version_dates, v_documents
	FROM (SELECT DISTINCT ON (e.item, i.version_id) e.item, a.arn, i.version_id, iam_import_timestamp(c.value), e.path, d.value
		  FROM unnest(v_items, v_ordinals, v_element_places) WITH ORDINALITY AS e (item, ordinal, path, n)
		  JOIN unnest(v_arns) WITH ORDINALITY AS a (arn, n) ON a.n = e.item
		  JOIN (SELECT m.parent, m.value #>> '{}' FROM iam_import_members(v_elements, ARRAY['VersionId']) AS m)
			  AS i (parent, version_id) ON i.parent = e.n
		  LEFT JOIN iam_import_members(v_elements, ARRAY['CreateDate']) AS c ON c.parent = e.n
		  LEFT JOIN iam_import_members(v_elements, ARRAY['Document']) AS d ON d.parent = e.n
		  ORDER BY e.item, i.version_id, e.ordinal DESC) AS v (item, arn, version_id, created_at, path, document);
	SELECT array_agg(v.n ORDER BY p.n), array_agg(v.policy ORDER BY p.n) INTO v_defaults, v_in_force
	FROM unnest(v_policies) WITH ORDINALITY
		AS p (account_id, arn, name, path, unique_id, description, is_attachable, default_version_id, created_at,
			  updated_at, policy, n)
	LEFT JOIN unnest(v_version_items, v_documents) WITH ORDINALITY
		AS v (item, object_kind, object_arn, version_id, json_path, policy, message, document, n)
		ON v.item = p.n AND v.version_id = p.default_version_id;

	IF replace THEN
		SELECT coalesce(array_agg(c.arn), '{}') INTO v_gone
		FROM iam_customer_policy AS c
		WHERE c.account_id = account
			AND NOT EXISTS (SELECT FROM unnest(v_arns) AS a (arn) WHERE a.arn = c.arn);
	END IF;

	DELETE FROM iam_managed_policy_version AS t
	USING unnest(v_gone || v_arns) AS s (arn)
	WHERE t.account_id = account AND t.arn = s.arn
		AND NOT EXISTS (SELECT FROM unnest(v_version_items, v_version_ids) AS v (item, version_id)
						JOIN unnest(v_arns) WITH ORDINALITY AS a (arn, n) ON a.n = v.item
						WHERE a.arn = t.arn AND v.version_id = t.version_id);
	GET DIAGNOSTICS removed = ROW_COUNT;
	object_kind := 'managed_policy_version';
	imported := coalesce(cardinality(v_version_ids), 0);
	RETURN NEXT;

	DELETE FROM iam_customer_policy AS t
	USING unnest(v_gone) AS g (arn)
	WHERE t.account_id = account AND t.arn = g.arn;
	GET DIAGNOSTICS removed = ROW_COUNT;
	object_kind := 'customer_policy';
	SELECT count(*) INTO imported FROM unnest(v_policies) AS p WHERE p.account_id <> 'aws';
	RETURN NEXT;

	object_kind := 'aws_policy';
	removed := 0;
	imported := coalesce(cardinality(v_policies), 0) - imported;
	RETURN NEXT;

	INSERT INTO iam_customer_policy AS t (account_id, arn, name, path, unique_id, description, is_attachable,
										  default_version_id, created_at, updated_at, policy)
	SELECT p.account_id, p.arn, p.name, p.path, p.unique_id, p.description, p.is_attachable, p.default_version_id,
		   p.created_at, p.updated_at, p.in_force
	FROM unnest(v_policies, v_in_force) WITH ORDINALITY
		AS p (account_id, arn, name, path, unique_id, description, is_attachable, default_version_id, created_at,
			  updated_at, policy, in_force, n)
	WHERE p.account_id <> 'aws'
	ON CONFLICT (account_id, arn) DO UPDATE
	SET name = excluded.name, path = excluded.path, unique_id = excluded.unique_id, description = excluded.description,
		is_attachable = excluded.is_attachable, default_version_id = excluded.default_version_id,
		created_at = excluded.created_at, updated_at = excluded.updated_at, policy = excluded.policy
	WHERE t IS DISTINCT FROM excluded;

	/*
	 * Shared by all accounts: the newest wins, and of the same age one that could be
	 * read.  What would change nothing is left out, because ON CONFLICT locks every row
	 * that it meets until the transaction ends: imports of other accounts would wait.
	 * The order is the same for all, so that they wait for one another but never in a circle.
	 */
	SELECT coalesce(array_agg(p.n), '{}') INTO v_settled
	FROM unnest(v_policies, v_in_force) WITH ORDINALITY
		AS p (account_id, arn, name, path, unique_id, description, is_attachable, default_version_id, created_at,
			  updated_at, policy, in_force, n)
	JOIN iam_aws_policy AS o ON o.arn = p.arn
	WHERE coalesce(p.updated_at, p.created_at, '-infinity') < coalesce(o.updated_at, o.created_at, '-infinity')
		OR coalesce(p.updated_at, p.created_at, '-infinity') = coalesce(o.updated_at, o.created_at, '-infinity')
		   AND p.in_force IS NULL AND o.policy IS NOT NULL
		OR (o.name, o.path, o.unique_id, o.description, o.is_attachable, o.default_version_id, o.created_at,
			o.updated_at, o.policy)
		   IS NOT DISTINCT FROM (p.name, p.path, p.unique_id, p.description, p.is_attachable, p.default_version_id,
								 p.created_at, p.updated_at, p.in_force);
	INSERT INTO iam_aws_policy AS t (arn, name, path, unique_id, description, is_attachable,
									 default_version_id, created_at, updated_at, policy)
	SELECT p.arn, p.name, p.path, p.unique_id, p.description, p.is_attachable, p.default_version_id,
		   p.created_at, p.updated_at, p.in_force
	FROM unnest(v_policies, v_in_force) WITH ORDINALITY
		AS p (account_id, arn, name, path, unique_id, description, is_attachable, default_version_id, created_at,
			  updated_at, policy, in_force, n)
	WHERE p.account_id = 'aws' AND p.n <> ALL (v_settled)
	ORDER BY p.arn
	ON CONFLICT (arn) DO UPDATE
	SET name = excluded.name, path = excluded.path, unique_id = excluded.unique_id, description = excluded.description,
		is_attachable = excluded.is_attachable, default_version_id = excluded.default_version_id,
		created_at = excluded.created_at, updated_at = excluded.updated_at, policy = excluded.policy
	WHERE t IS DISTINCT FROM excluded
		AND (coalesce(excluded.updated_at, excluded.created_at, '-infinity')
			 > coalesce(t.updated_at, t.created_at, '-infinity')
			 OR coalesce(excluded.updated_at, excluded.created_at, '-infinity')
				= coalesce(t.updated_at, t.created_at, '-infinity')
				AND (excluded.policy IS NOT NULL OR t.policy IS NULL));

	/*
	 * Versions of AWS managed policies are only ever added: each is the same for everybody,
	 * and which one is in force is what the newest import said.
	 */
	SELECT array_agg(coalesce(v.version_id = CASE p.account_id WHEN 'aws' THEN w.default_version_id
											 ELSE p.default_version_id END, false) ORDER BY v.n),
		   array_agg(p.account_id ORDER BY v.n), array_agg(p.arn ORDER BY v.n)
	INTO v_is_default, v_version_accounts, v_version_arns
	FROM unnest(v_version_items, v_version_ids) WITH ORDINALITY AS v (item, version_id, n)
	JOIN unnest(v_policies) WITH ORDINALITY
		AS p (account_id, arn, name, path, unique_id, description, is_attachable, default_version_id, created_at,
			  updated_at, policy, n) ON p.n = v.item
	LEFT JOIN iam_aws_policy AS w ON w.arn = p.arn;
	SELECT coalesce(array_agg(v.n), '{}') INTO v_settled
	FROM unnest(v_version_accounts, v_version_arns, v_version_dates, v_is_default, v_documents) WITH ORDINALITY
		AS v (account_id, arn, created_at, is_default, object_kind, object_arn, version_id, json_path, policy, message,
			  document, n)
	JOIN iam_managed_policy_version AS o
		ON o.account_id = v.account_id AND o.arn = v.arn AND o.version_id = v.version_id
	WHERE (o.is_default, o.created_at, o.policy) IS NOT DISTINCT FROM (v.is_default, v.created_at, v.policy)
		OR o.account_id = 'aws' AND o.policy IS NOT NULL AND v.policy IS NULL;
	INSERT INTO iam_managed_policy_version AS t (account_id, arn, version_id, is_default, created_at, policy)
	SELECT v.account_id, v.arn, v.version_id, v.is_default, v.created_at, v.policy
	FROM unnest(v_version_accounts, v_version_arns, v_version_dates, v_is_default, v_documents) WITH ORDINALITY
		AS v (account_id, arn, created_at, is_default, object_kind, object_arn, version_id, json_path, policy, message,
			  document, n)
	WHERE v.n <> ALL (v_settled)
	ORDER BY v.arn, v.version_id
	ON CONFLICT (account_id, arn, version_id) DO UPDATE
	SET is_default = excluded.is_default, created_at = excluded.created_at, policy = excluded.policy
	WHERE t IS DISTINCT FROM excluded
		AND (t.account_id <> 'aws' OR t.policy IS NULL OR excluded.policy IS NOT NULL);
	UPDATE iam_managed_policy_version AS t
	SET is_default = coalesce(t.version_id = w.default_version_id, false)
	FROM unnest(v_arns) AS a (arn)
	JOIN iam_aws_policy AS w ON w.arn = a.arn
	WHERE t.account_id = 'aws' AND t.arn = w.arn
		AND t.is_default <> coalesce(t.version_id = w.default_version_id, false);

	/* what could not be read: versions, policies without their default version, dates */
	SELECT array_agg(x.reading) INTO v_problems
	FROM (SELECT r FROM unnest(v_documents) AS r
		  WHERE r.message IS NOT NULL
		  UNION ALL
		  SELECT ROW(k.kind, p.arn::text, '', p.place || '.PolicyVersionList', NULL,
					 'the document of the default version is missing', NULL)::iam_import_reading
		  FROM unnest(v_policies, v_defaults, paths) WITH ORDINALITY
			  AS p (account_id, arn, name, path, unique_id, description, is_attachable, default_version_id, created_at,
			  	  updated_at, policy, version, place, n)
		  CROSS JOIN LATERAL (SELECT CASE p.account_id WHEN 'aws' THEN 'aws_policy' ELSE 'customer_policy' END) AS k (kind)
		  WHERE p.version IS NULL
		  UNION ALL
		  SELECT b
		  FROM iam_import_members(items, ARRAY['CreateDate', 'UpdateDate'], paths) AS m
		  JOIN unnest(v_arns) WITH ORDINALITY AS a (arn, n) ON a.n = m.parent
		  CROSS JOIN LATERAL (SELECT CASE WHEN a.arn::text LIKE '%:iam::aws:%' THEN 'aws_policy'
										  ELSE 'customer_policy' END) AS k (kind)
		  CROSS JOIN LATERAL iam_import_bad_date(k.kind, a.arn::text, '', m.path, m.value) AS b
		  UNION ALL
		  SELECT b
		  FROM iam_import_members(v_elements, ARRAY['CreateDate'], v_element_places) AS m
		  JOIN unnest(v_elements, v_items) WITH ORDINALITY AS e (element, item, n) ON e.n = m.parent
		  JOIN unnest(v_arns) WITH ORDINALITY AS a (arn, n) ON a.n = e.item
		  CROSS JOIN LATERAL iam_import_bad_date('managed_policy_version', a.arn::text, e.element ->> 'VersionId', m.path,
												 m.value) AS b) AS x (reading);
	PERFORM iam_import_record(account, 'Policies', v_problems);
END $$;
COMMENT ON FUNCTION iam_import_policy_list(text, json[], text[], boolean) IS 'Internal to iam_import: stores managed policies and their versions';

/* All elements of one list in all pages, with their places and keys; refuses what is no array. */
CREATE FUNCTION iam_import_collect(pages json[], prefixes text[], list text, key text,
								   OUT items json[], OUT paths text[], OUT keys text[])
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	v_bad record;
	v_lists json[];			/* the list of each page that has it, its place and type */
	v_places text[];
	v_types text[];
BEGIN
	SELECT array_agg(m.value), array_agg(m.path), array_agg(m.type) INTO v_lists, v_places, v_types
	FROM iam_import_members(pages, ARRAY[list], prefixes) AS m
	WHERE m.type <> 'null';
	SELECT t.path, t.type INTO v_bad
	FROM unnest(v_places, v_types) WITH ORDINALITY AS t (path, type, n)
	WHERE t.type <> 'array'
	ORDER BY t.n LIMIT 1;
	IF FOUND THEN
		PERFORM iam_import_refuse('the document is not an export that iam_import can read', v_bad.path,
								  format('expected an array, found a JSON %s', v_bad.type), 'Give the export as AWS returns it.');
	END IF;
	SELECT coalesce(array_agg(e.value), '{}'), coalesce(array_agg(e.path), '{}') INTO items, paths
	FROM (SELECT m.value, m.path FROM iam_import_members(v_lists, NULL, v_places) AS m
		  ORDER BY m.parent, m.ordinal) AS e;
	PERFORM iam_import_check(list, items, paths);

	/* pages may overlap: the last one that has an object tells */
	IF key IS NOT NULL THEN
		SELECT array_agg(k.value #>> '{}' ORDER BY i.n) INTO keys
		FROM generate_subscripts(items, 1) AS i (n)
		LEFT JOIN iam_import_members(items, ARRAY[key]) AS k ON k.parent = i.n;
		IF cardinality(keys) > (SELECT count(DISTINCT coalesce(k.key, '')) FROM unnest(keys) AS k (key)) THEN
			SELECT array_agg(l.item ORDER BY l.n), array_agg(l.path ORDER BY l.n), array_agg(l.key ORDER BY l.n)
			INTO items, paths, keys
			FROM (SELECT DISTINCT ON (i.key) i.item, i.path, i.key, i.n
				  FROM unnest(items, paths, keys) WITH ORDINALITY AS i (item, path, key, n)
				  ORDER BY i.key, i.n DESC) AS l;
		END IF;
	END IF;
END $$;
COMMENT ON FUNCTION iam_import_collect(json[], text[], text, text) IS 'Internal to iam_import: the objects of one list in all pages, checked, one for each key';

/*
 * Account authorization details: any of UserDetailList, GroupDetailList,
 * RoleDetailList, Policies.  An export of several accounts is taken account by
 * account: what it lists of one says nothing of another.
 */
CREATE FUNCTION iam_import_account_details(pages json[], prefixes text[], account_id text, replace boolean)
RETURNS TABLE (object_kind text, imported bigint, removed bigint, problems bigint)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, @extschema@, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	v_lists constant text[] := ARRAY['UserDetailList', 'GroupDetailList', 'RoleDetailList', 'Policies'];
	v_kinds constant text[] := ARRAY['user', 'group', 'role', 'policy'];
	v_list text;
	v_collected record;
	v_items json[] := '{}';		/* of all lists, with list, place, ARN and account beside them */
	v_item_lists text[] := '{}';
	v_item_paths text[] := '{}';
	v_item_arns text[] := '{}';
	v_item_accounts text[];
	v_accounts text[];
	v_account text;
	v_truncated boolean;
	v_replaced text[];
	v_own_lists text[];
	v_own_items json[];
	v_own_paths text[];
	v_identities iam_import_identity[];
	v_policies json[];
	v_policy_paths text[];
BEGIN
	/* complete when some page is the last one, or no page says anything */
	SELECT bool_and(coalesce(m.type = 'boolean' AND m.value::text = 'true', false)) INTO v_truncated
	FROM generate_subscripts(pages, 1) AS p (n)
	LEFT JOIN iam_import_members(pages, ARRAY['IsTruncated']) AS m ON m.parent = p.n;

	FOREACH v_list IN ARRAY v_lists LOOP
		SELECT * INTO v_collected FROM iam_import_collect(pages, prefixes, v_list, 'Arn');
		/* what list-policies answers: taking it for the whole list would forget every document */
		IF v_list = 'Policies' AND cardinality(v_collected.items) > 0
			AND NOT EXISTS (SELECT FROM iam_import_members(v_collected.items, ARRAY['PolicyVersionList'])) THEN
			PERFORM iam_import_refuse('the managed policies come without their documents', '$.Policies',
				'no policy has a PolicyVersionList',
				'Import what aws iam get-account-authorization-details gives: aws iam list-policies gives no documents.');
		END IF;
		v_items := v_items || v_collected.items;
		v_item_paths := v_item_paths || v_collected.paths;
		v_item_lists := v_item_lists || array_fill(v_list, ARRAY[cardinality(v_collected.items)]);
		v_item_arns := v_item_arns || v_collected.keys;
	END LOOP;
	SELECT array_agg(split_part(a.arn, ':', 5) ORDER BY a.n) INTO v_item_accounts
	FROM unnest(v_item_arns) WITH ORDINALITY AS a (arn, n);
	SELECT array_agg(a.account ORDER BY a.n) INTO v_accounts
	FROM (SELECT i.account, min(i.n) FROM unnest(v_item_accounts) WITH ORDINALITY AS i (account, n)
		  WHERE i.account <> 'aws' GROUP BY i.account) AS a (account, n);
	IF iam_import_account_details.account_id <> ALL (v_accounts) THEN
		RAISE EXCEPTION 'the export is not of account %', iam_import_account_details.account_id
			USING ERRCODE = 'invalid_parameter_value',
				  DETAIL = format('The ARNs in it are of account %s.', v_accounts[1]),
				  HINT = 'Leave account_id out: the ARNs tell.';
	END IF;
	v_accounts := coalesce(v_accounts, ARRAY[iam_import_account_details.account_id]);
	IF v_accounts[1] IS NULL THEN
		RAISE EXCEPTION 'the export does not say which account it belongs to'
			USING ERRCODE = 'invalid_parameter_value',
				  DETAIL = 'No user, group, role or customer managed policy in it has an ARN with an account id.',
				  HINT = 'Name the account: iam_import(document, account_id => ''111122223333'').';
	END IF;
	/* one import of an account at a time, always locked in the same order */
	PERFORM pg_advisory_xact_lock(hashtextextended('iam_import ' || a.account, 0))
	FROM (SELECT unnest(v_accounts) AS account ORDER BY 1) AS a;

	FOR v_account, v_own_lists, v_own_items, v_own_paths, v_policies, v_policy_paths IN
		SELECT a.account, array_agg(DISTINCT i.list) FILTER (WHERE i.account <> 'aws'),
			   array_agg(i.item) FILTER (WHERE i.list <> 'Policies'), array_agg(i.path) FILTER (WHERE i.list <> 'Policies'),
			   array_agg(i.item) FILTER (WHERE i.list = 'Policies'), array_agg(i.path) FILTER (WHERE i.list = 'Policies')
		FROM unnest(v_accounts) WITH ORDINALITY AS a (account, n)
		LEFT JOIN unnest(v_items, v_item_paths, v_item_lists, v_item_accounts) AS i (item, path, list, account)
			ON a.account = CASE i.account WHEN 'aws' THEN v_accounts[1] ELSE i.account END
		GROUP BY a.account, a.n
		ORDER BY a.n
	LOOP
		/* a list without anything of the account's own counts as empty */
		SELECT coalesce(array_agg(v_kinds[array_position(v_lists, l.list)]), '{}') INTO v_replaced
		FROM unnest(v_lists) AS l (list)
		WHERE coalesce(iam_import_account_details.replace,
					   NOT v_truncated AND l.list = ANY (coalesce(v_own_lists, '{}')));
		SELECT coalesce(array_agg(d), '{}') INTO v_identities FROM iam_import_identities(v_own_items, v_own_paths) AS d;

		DELETE FROM iam_import_problem AS t
		WHERE t.account_id = v_account AND t.list = ANY (v_lists)
			AND (v_kinds[array_position(v_lists, t.list)] = ANY (v_replaced)
				 OR t.object_arn = ANY (v_item_arns));
		INSERT INTO iam_account AS t (account_id) VALUES (v_account) ON CONFLICT (account_id) DO NOTHING;
		RETURN QUERY
			SELECT d.object_kind, d.imported, d.removed, 0::bigint
			FROM iam_import_identity_lists(v_account, v_identities, v_replaced) AS d;
		RETURN QUERY
			SELECT d.object_kind, d.imported, d.removed, 0::bigint
			FROM iam_import_policy_list(v_account, v_policies, v_policy_paths, 'policy' = ANY (v_replaced)) AS d;
		RETURN QUERY
			SELECT p.object_kind, 0::bigint, 0::bigint, count(*)
			FROM iam_import_problem AS p
			WHERE p.account_id = v_account AND p.list = ANY (v_lists) AND p.object_arn = ANY (v_item_arns)
			GROUP BY p.object_kind;
	END LOOP;
END $$;
COMMENT ON FUNCTION iam_import_account_details(json[], text[], text, boolean) IS 'Internal to iam_import: imports account authorization details';
REVOKE EXECUTE ON FUNCTION iam_import_record(text, text, iam_import_reading[]),
	iam_import_identity_lists(text, iam_import_identity[], text[]),
	iam_import_policy_list(text, json[], text[], boolean),
	iam_import_account_details(json[], text[], text, boolean) FROM PUBLIC;
