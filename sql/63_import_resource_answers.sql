/*
 * Importing what single calls answer about a resource: its policy (S3, KMS, Lambda,
 * SQS, SNS, Secrets Manager, ECR and the services that answer alike), Block Public
 * Access, object ownership and ACL of a bucket, grants of keys.
 *
 * An answer changes what it speaks of and leaves the rest of the resource as it is
 * known; so files come in any order.  Most answers do not name their resource: the
 * argument `resource` does.
 */

/* What was learnt of one resource; a NULL is what nothing was said about. */
CREATE TYPE iam_import_fact AS (
	account_id text,
	arn arn,
	json_path text,
	policy_known boolean,
	policy json,
	tags json,
	public_access_block json,
	object_ownership text,
	acl json
);
COMMENT ON TYPE iam_import_fact IS 'Internal to iam_import: what a document says of one resource';

/* JSON inside a JSON string, where there is some; else the value as it is. */
CREATE FUNCTION iam_import_inner(value json) RETURNS json
LANGUAGE plpgsql IMMUTABLE PARALLEL UNSAFE COST 1000	/* not parallel safe: an exception block */
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
BEGIN
	IF json_typeof(value) = 'string' AND ltrim(value #>> '{}', E' \t\r\n') ~ '^[{[]' THEN
		RETURN iam_import_without_nul((value #>> '{}')::json);
	END IF;
	RETURN value;
EXCEPTION WHEN data_exception OR untranslatable_character OR program_limit_exceeded THEN
	RETURN value;
END $$;
COMMENT ON FUNCTION iam_import_inner(json) IS 'Internal to iam_import: the JSON in a JSON string, or the value itself where that is none';

CREATE FUNCTION iam_import_arn_account(arn text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN substring(arn FROM '^(?:[^:]*:){4}([0-9]{12}):');
COMMENT ON FUNCTION iam_import_arn_account(text) IS 'Internal to iam_import: the account in an ARN, NULL where it has none';

/* Stores facts about resources; the last one that says something holds. */
CREATE FUNCTION iam_import_resource_facts(facts iam_import_fact[], account_id text)
RETURNS TABLE (object_kind text, imported bigint, removed bigint, problems bigint)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, @extschema@, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	v_facts iam_import_fact[];
	v_readings iam_import_reading[];
	v_bad record;
BEGIN
	/* one for each resource: an ARN without an account may be known already */
	SELECT coalesce(array_agg(ROW(a.account, a.arn, a.policy_path, a.policy_known, a.policy, a.tags, a.public_access_block,
								  a.object_ownership, a.acl)::iam_import_fact ORDER BY a.n), '{}')
	INTO v_facts
	FROM (SELECT b.account, f.arn, min(f.n) AS n,
				 coalesce((array_agg(f.json_path ORDER BY f.n DESC) FILTER (WHERE f.policy_known))[1], min(f.json_path)) AS policy_path,
				 coalesce(bool_or(f.policy_known), false) AS policy_known,
				 (array_agg(f.policy ORDER BY f.n DESC) FILTER (WHERE f.policy_known))[1] AS policy,
				 (array_agg(f.tags ORDER BY f.n DESC) FILTER (WHERE f.tags IS NOT NULL))[1] AS tags,
				 (array_agg(f.public_access_block ORDER BY f.n DESC) FILTER (WHERE f.public_access_block IS NOT NULL))[1]
					 AS public_access_block,
				 (array_agg(f.object_ownership ORDER BY f.n DESC) FILTER (WHERE f.object_ownership IS NOT NULL))[1] AS object_ownership,
				 (array_agg(f.acl ORDER BY f.n DESC) FILTER (WHERE f.acl IS NOT NULL))[1] AS acl
		  FROM unnest(facts) WITH ORDINALITY AS f (account_id, arn, json_path, policy_known, policy, tags, public_access_block,
												   object_ownership, acl, n)
		  CROSS JOIN LATERAL (
			SELECT coalesce(iam_import_arn_account(f.arn::text), f.account_id, iam_import_resource_facts.account_id,
							(SELECT min(r.account_id) FROM iam_resource AS r WHERE r.arn = f.arn HAVING count(*) = 1))) AS b (account)
		  GROUP BY b.account, f.arn) AS a;
	SELECT f.json_path, f.arn::text AS arn INTO v_bad FROM unnest(v_facts) AS f WHERE f.account_id IS NULL LIMIT 1;
	IF FOUND THEN
		PERFORM iam_import_refuse('the answer does not say which account the resource belongs to', left(v_bad.json_path, 200),
								  format('the ARN "%s" names no account', left(v_bad.arn, 64)),
								  'Name the account: iam_import(document, account_id => ''111122223333'').');
	END IF;

	SELECT array_agg(CASE WHEN f.policy_known AND json_typeof(f.policy) <> 'null'
						  THEN iam_import_document('resource_policy', f.arn::text, '', f.json_path, f.policy) END ORDER BY f.n)
	INTO v_readings
	FROM unnest(v_facts) WITH ORDINALITY AS f (account_id, arn, json_path, policy_known, policy, tags, public_access_block,
											   object_ownership, acl, n);

	INSERT INTO iam_account (account_id) SELECT DISTINCT f.account_id FROM unnest(v_facts) AS f ORDER BY 1
	ON CONFLICT (account_id) DO NOTHING;
	INSERT INTO iam_resource (account_id, arn) SELECT f.account_id, f.arn FROM unnest(v_facts) AS f ORDER BY 1, 2
	ON CONFLICT (account_id, arn) DO NOTHING;
	UPDATE iam_resource AS t
	SET policy = CASE WHEN f.policy_known THEN v_readings[f.n].policy ELSE t.policy END,
		policy_unreadable = CASE WHEN f.policy_known THEN v_readings[f.n].message IS NOT NULL ELSE t.policy_unreadable END,
		tags = coalesce(CASE WHEN f.tags IS NOT NULL THEN iam_import_tags(f.tags) END, t.tags),
		public_access_block = coalesce(f.public_access_block::jsonb, t.public_access_block),
		object_ownership = coalesce(f.object_ownership, t.object_ownership),
		acl = coalesce(f.acl, t.acl)
	FROM unnest(v_facts) WITH ORDINALITY AS f (account_id, arn, json_path, policy_known, policy, tags, public_access_block,
											   object_ownership, acl, n)
	WHERE t.account_id = f.account_id AND t.arn = f.arn;
	/* a bucket belongs to an account, and the ACL names its owner */
	UPDATE iam_account AS t
	SET canonical_user_id = f.acl -> 'Owner' ->> 'ID'
	FROM unnest(v_facts) AS f
	WHERE t.account_id = f.account_id AND t.canonical_user_id IS NULL AND f.acl -> 'Owner' ->> 'ID' ~ '^[0-9a-f]{64}$';

	DELETE FROM iam_import_problem AS t
	USING unnest(v_facts) AS f
	WHERE f.policy_known AND t.account_id = f.account_id AND t.list = 'Resources' AND t.object_arn = f.arn::text;
	PERFORM iam_import_record(p.account_id, 'Resources', p.readings)
	FROM (SELECT v_facts[n].account_id AS account_id, array_agg(v_readings[n]) AS readings
		  FROM generate_subscripts(v_facts, 1) AS n
		  WHERE v_readings[n].message IS NOT NULL
		  GROUP BY v_facts[n].account_id) AS p;

	object_kind := 'resource';
	imported := cardinality(v_facts);
	removed := 0;
	SELECT count(*) INTO problems FROM unnest(v_readings) AS r WHERE r.message IS NOT NULL;
	RETURN NEXT;
END $$;
COMMENT ON FUNCTION iam_import_resource_facts(iam_import_fact[], text) IS 'Internal to iam_import: stores what is known of resources and leaves what is not spoken of';

/*
 * The ARN a Lambda policy gives itself: every statement of it has the function's.
 * NULL where that is not so.
 */
CREATE FUNCTION iam_import_function_arn(policy json) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL UNSAFE
BEGIN ATOMIC
	SELECT min(r.arn)
	FROM (SELECT iam_import_inner(policy)) AS d (document)
	CROSS JOIN LATERAL json_array_elements(
		CASE json_typeof(d.document) WHEN 'object' THEN
			CASE json_typeof(d.document -> 'Statement') WHEN 'array' THEN d.document -> 'Statement' END END) AS s (item)
	CROSS JOIN LATERAL (SELECT CASE json_typeof(s.item -> 'Resource') WHEN 'string' THEN s.item ->> 'Resource' END) AS r (arn)
	HAVING count(DISTINCT r.arn) = 1 AND count(*) = count(r.arn)
		AND min(r.arn) ~ '^arn:[a-z0-9-]+:lambda:[a-z0-9-]+:[0-9]{12}:function:[^*?]+$';
END;
COMMENT ON FUNCTION iam_import_function_arn(json) IS 'Internal to iam_import: the ARN of the function a Lambda policy is about, NULL where it does not say';

/* Whether Grants are those of an ACL, not of a key. */
CREATE FUNCTION iam_import_is_acl(page json, resource text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN json_typeof(page -> 'Grants') IS NOT DISTINCT FROM 'array'
	AND (json_typeof(page -> 'Owner') IS NOT DISTINCT FROM 'object'
		 OR json_typeof(page #> '{Grants,0,Grantee}') IS NOT DISTINCT FROM 'object'
		 OR json_typeof(page #> '{Grants,0}') IS NULL AND coalesce(split_part(resource, ':', 3) = 's3', false));
COMMENT ON FUNCTION iam_import_is_acl(json, text) IS 'Internal to iam_import: whether an answer with Grants is a bucket''s ACL';

CREATE FUNCTION iam_import_resource_answers(pages json[], prefixes text[], account_id text, resource text, replace boolean)
RETURNS TABLE (object_kind text, imported bigint, removed bigint, problems bigint)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, @extschema@, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	v_message constant text := 'the document is not an answer that iam_import can read';
	v_missing constant text := 'the answer does not say which resource it is about';
	v_hint constant text := 'Name the resource: iam_import(document, resource => ''arn:aws:s3:::bucket'').';
	v_arns text[];
	v_facts iam_import_fact[];
	v_items json[];
	v_paths text[];
	v_keys arn[];
	v_bad record;
BEGIN
	PERFORM iam_import_check('resource answer', pages, prefixes);

	/* what each answer is about */
	SELECT array_agg(coalesce(a.own, iam_import_resource_answers.resource, iam_import_function_arn(p.page -> 'Policy')) ORDER BY p.n)
	INTO v_arns
	FROM unnest(pages) WITH ORDINALITY AS p (page, n)
	CROSS JOIN LATERAL (SELECT coalesce(p.page #>> '{Attributes,QueueArn}', p.page #>> '{Attributes,TopicArn}',
										p.page ->> 'ARN', p.page ->> 'Arn')) AS a (own);
	SELECT p.prefix, a.arn, p.page INTO v_bad
	FROM unnest(pages, prefixes, v_arns) WITH ORDINALITY AS p (page, prefix, arn, n)
	CROSS JOIN LATERAL (SELECT left(p.arn, 64)) AS a (arn)
	WHERE iam_import_resource_answers.resource IS NOT NULL AND p.arn IS DISTINCT FROM iam_import_resource_answers.resource
	ORDER BY p.n LIMIT 1;
	IF FOUND THEN
		PERFORM iam_import_refuse('the answer is about another resource than the argument names', v_bad.prefix,
								  format('the answer is about "%s"', v_bad.arn), 'Leave the argument resource out: the answer tells.');
	END IF;
	SELECT p.prefix INTO v_bad
	FROM unnest(pages, prefixes, v_arns) WITH ORDINALITY AS p (page, prefix, arn, n)
	WHERE p.arn IS NULL
		AND (EXISTS (SELECT FROM json_object_keys(p.page) AS k (key)
					 WHERE k.key IN ('Policy', 'PublicAccessBlockConfiguration', 'OwnershipControls', 'Attributes', 'policyText',
									 'ResourcePolicy'))
			 OR iam_import_is_acl(p.page, p.arn)
			 OR json_typeof(p.page -> 'Grants') = 'array' AND json_array_length(p.page -> 'Grants') = 0)
	ORDER BY p.n LIMIT 1;
	IF FOUND THEN
		PERFORM iam_import_refuse(v_missing, v_bad.prefix, 'there is no ARN in it',
			CASE WHEN (pages[1] -> 'policyText') IS NOT NULL
				 THEN 'Name the repository: iam_import(document, resource => ''arn:aws:ecr:us-east-1:111122223333:repository/name'').'
				 WHEN (pages[1] -> 'PublicAccessBlockConfiguration') IS NOT NULL
				 THEN 'Name the bucket, or the account: iam_import(document, resource => ''arn:aws:s3:::bucket''), or resource => ''111122223333''.'
				 ELSE v_hint END);
	END IF;
	/* settings of buckets are not to be put on anything else */
	SELECT p.prefix, p.arn, m.member INTO v_bad
	FROM unnest(pages, prefixes, v_arns) WITH ORDINALITY AS p (page, prefix, arn, n)
	CROSS JOIN LATERAL (VALUES
		('PublicAccessBlockConfiguration', '^(arn:[a-z0-9-]+:s3:::[^/*?]+|[0-9]{12})$'),
		('OwnershipControls', '^arn:[a-z0-9-]+:s3:::[^/*?]+$'), ('Grants', '^arn:[a-z0-9-]+:s3:::[^/*?]+$'),
		('policyText', '^arn:[a-z0-9-]+:ecr:[a-z0-9-]+:[0-9]{12}:repository/.'),
		('Policy', '^arn:[^:]*:[^:]*:[^:]*:[^:]*:.'), ('ResourcePolicy', '^arn:[^:]*:[^:]*:[^:]*:[^:]*:.'),
		('Attributes', '^arn:[^:]*:(sqs|sns):[^:]*:[^:]*:.')) AS m (member, form)
	WHERE (p.page -> m.member) IS NOT NULL AND p.arn !~ m.form AND (m.member <> 'Grants' OR iam_import_is_acl(p.page, p.arn))
	ORDER BY p.n LIMIT 1;
	IF FOUND THEN
		PERFORM iam_import_refuse(v_message, v_bad.prefix || '.' || v_bad.member,
								  format('"%s" is not a resource that has this', left(v_bad.arn, 64)), v_hint);
	END IF;
	SELECT p.prefix, p.arn INTO v_bad
	FROM unnest(pages, prefixes, v_arns) WITH ORDINALITY AS p (page, prefix, arn, n)
	WHERE (p.page -> 'policyText') IS NOT NULL
		AND (split_part(p.arn, ':', 5) <> p.page ->> 'registryId'
			 OR regexp_replace(p.arn, '^.*:repository/', '') <> p.page ->> 'repositoryName')
	ORDER BY p.n LIMIT 1;
	IF FOUND THEN
		PERFORM iam_import_refuse('the answer is about another resource than the argument names', v_bad.prefix,
								  format('registryId and repositoryName are not those of "%s"', left(v_bad.arn, 64)),
								  'Name the repository the answer is about.');
	END IF;

	/* Block Public Access of an account */
	SELECT coalesce(array_agg(p.page -> 'PublicAccessBlockConfiguration' ORDER BY p.n), '{}'), array_agg(p.arn ORDER BY p.n)
	INTO v_items, v_paths
	FROM unnest(pages, v_arns) WITH ORDINALITY AS p (page, arn, n)
	WHERE p.arn ~ '^[0-9]{12}$' AND json_typeof(p.page -> 'PublicAccessBlockConfiguration') = 'object';
	INSERT INTO iam_account AS t (account_id, public_access_block)
	SELECT DISTINCT ON (i.account) i.account, i.item::jsonb
	FROM unnest(v_items, v_paths) WITH ORDINALITY AS i (item, account, n)
	ORDER BY i.account, i.n DESC
	ON CONFLICT (account_id) DO UPDATE SET public_access_block = excluded.public_access_block;
	object_kind := 'account_public_access_block';
	imported := cardinality(v_items);
	removed := 0;
	problems := 0;
	RETURN NEXT;

	/* the attributes of a queue without a policy are those of one that has none; its ARN alone says nothing */
	SELECT array_agg(ROW(iam_import_resource_answers.account_id, p.arn::arn,
						 coalesce(p.prefix || CASE json_typeof(p.page -> 'Attributes') WHEN 'object' THEN '.Attributes.' ELSE '.' END || d.member, p.prefix),
						 d.member IS NOT NULL, coalesce(p.page -> 'Attributes' -> d.member, p.page -> d.member),
						 NULL, CASE json_typeof(p.page -> 'PublicAccessBlockConfiguration') WHEN 'object'
							   THEN p.page -> 'PublicAccessBlockConfiguration' END,
						 p.page #>> '{OwnershipControls,Rules,0,ObjectOwnership}',
						 CASE WHEN iam_import_is_acl(p.page, p.arn)
							  THEN json_build_object('Owner', p.page -> 'Owner', 'Grants', p.page -> 'Grants') END)::iam_import_fact
					 ORDER BY p.n)
	INTO v_facts
	FROM unnest(pages, prefixes, v_arns) WITH ORDINALITY AS p (page, prefix, arn, n)
	CROSS JOIN LATERAL (
		SELECT CASE WHEN json_typeof(p.page -> 'Attributes') = 'object' THEN
						 CASE WHEN (SELECT count(*) FROM json_object_keys(p.page -> 'Attributes') AS k (key)
									WHERE k.key NOT IN ('QueueArn', 'TopicArn')) > 0 THEN 'Policy' END
					WHEN (p.page -> 'policyText') IS NOT NULL THEN 'policyText'
					WHEN (p.page -> 'Policy') IS NOT NULL THEN 'Policy'
					WHEN (p.page -> 'ResourcePolicy') IS NOT NULL OR (p.page -> 'ARN') IS NOT NULL THEN 'ResourcePolicy' END) AS d (member)
	WHERE p.arn LIKE 'arn:%'
		AND NOT (json_typeof(p.page -> 'Grants') IS NOT DISTINCT FROM 'array' AND d.member IS NULL AND NOT iam_import_is_acl(p.page, p.arn));
	IF v_facts IS NOT NULL THEN
		RETURN QUERY SELECT r.* FROM iam_import_resource_facts(v_facts, iam_import_resource_answers.account_id) AS r;
	END IF;

	/* grants of keys; each names its key, in old answers only by the id */
	SELECT coalesce(array_agg(g.value ORDER BY p.n, g.ordinal), '{}'),
		   coalesce(array_agg(format('%s.Grants[%s]', p.prefix, g.ordinal) ORDER BY p.n, g.ordinal), '{}')
	INTO v_items, v_paths
	FROM unnest(pages, prefixes, v_arns) WITH ORDINALITY AS p (page, prefix, arn, n)
	CROSS JOIN LATERAL iam_import_elements(p.page -> 'Grants') AS g
	WHERE NOT iam_import_is_acl(p.page, p.arn);
	PERFORM iam_import_check('Grants', v_items, v_paths);
	SELECT i.path, i.item ->> 'KeyId' AS key INTO v_bad
	FROM unnest(v_items, v_paths) WITH ORDINALITY AS i (item, path, n)
	WHERE coalesce(CASE WHEN i.item ->> 'KeyId' LIKE 'arn:%' THEN i.item ->> 'KeyId' END, iam_import_resource_answers.resource, '')
		  !~ '^arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[^*?]+$'
		OR i.item ->> 'KeyId' LIKE 'arn:%' AND i.item ->> 'KeyId' <> iam_import_resource_answers.resource
	ORDER BY i.n LIMIT 1;
	IF FOUND THEN
		PERFORM iam_import_refuse(v_missing, v_bad.path, 'KeyId is not the ARN of a key, or of another one than the argument names',
			'Name the key: iam_import(document, resource => ''arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'').');
	END IF;
	SELECT coalesce(array_agg((CASE WHEN i.item ->> 'KeyId' LIKE 'arn:%' THEN i.item ->> 'KeyId'
									ELSE iam_import_resource_answers.resource END)::arn ORDER BY i.n), '{}')
	INTO v_keys
	FROM unnest(v_items) WITH ORDINALITY AS i (item, n);
	removed := 0;
	IF replace THEN
		DELETE FROM iam_kms_grant AS t
		WHERE (t.key_arn = ANY (v_keys)
			   OR EXISTS (SELECT FROM unnest(pages, v_arns) AS p (page, arn)
						  WHERE json_typeof(p.page -> 'Grants') = 'array' AND NOT iam_import_is_acl(p.page, p.arn)
							AND p.arn = t.key_arn::text))
			AND NOT EXISTS (SELECT FROM unnest(v_items, v_keys) AS i (item, key)
							WHERE i.key = t.key_arn AND i.item ->> 'GrantId' = t.grant_id);
		GET DIAGNOSTICS removed = ROW_COUNT;
	END IF;
	INSERT INTO iam_account (account_id) SELECT DISTINCT arn_account(k) FROM unnest(v_keys) AS k
	ON CONFLICT (account_id) DO NOTHING;
	INSERT INTO iam_kms_grant AS t (account_id, key_arn, grant_id, name, grantee_principal, retiring_principal, issuing_account,
									operations, constraints, created_at)
	SELECT DISTINCT ON (i.key, x."GrantId") arn_account(i.key), i.key, x."GrantId", x."Name", x."GranteePrincipal",
		   x."RetiringPrincipal", x."IssuingAccount",
		   ARRAY(SELECT o.value #>> '{}' FROM iam_import_elements(x."Operations") AS o ORDER BY o.ordinal),
		   x."Constraints", iam_import_timestamp(x."CreationDate")
	FROM unnest(v_items, v_keys) WITH ORDINALITY AS i (item, key, n)
	CROSS JOIN LATERAL json_to_record(i.item) AS x ("GrantId" text, "Name" text, "GranteePrincipal" text, "RetiringPrincipal" text,
			"IssuingAccount" text, "Operations" json, "Constraints" json, "CreationDate" json)
	ORDER BY i.key, x."GrantId", i.n DESC
	ON CONFLICT (account_id, key_arn, grant_id) DO UPDATE
	SET name = excluded.name, grantee_principal = excluded.grantee_principal, retiring_principal = excluded.retiring_principal,
		issuing_account = excluded.issuing_account, operations = excluded.operations, constraints = excluded.constraints,
		created_at = excluded.created_at;
	/* without a row of its own a key's grants would not be looked for */
	INSERT INTO iam_resource (account_id, arn, policy_unreadable) SELECT DISTINCT arn_account(k), k, true FROM unnest(v_keys) AS k
	ON CONFLICT (account_id, arn) DO NOTHING;
	object_kind := 'kms_grant';
	imported := cardinality(v_items);
	problems := 0;
	RETURN NEXT;
END $$;
COMMENT ON FUNCTION iam_import_resource_answers(json[], text[], text, text, boolean) IS 'Internal to iam_import: imports what single calls answer about resources';
REVOKE EXECUTE ON FUNCTION iam_import_resource_facts(iam_import_fact[], text),
	iam_import_resource_answers(json[], text[], text, text, boolean) FROM PUBLIC;
