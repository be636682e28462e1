/*
 * Who can do something (WHO-1, WHO-2, EVAL-5..11, XACC-1, XACC-2): set-based.
 *
 * Every stored document is evaluated once for the request, without a caller, and
 * has a code by what it says: it allows, it denies, or it is one whose answer
 * depends on what is not known.  Accounts with the same control policies and the
 * same relation to the resource are one class.  Then there are two kinds of
 * principals:
 *
 * - plain ones hold documents that allow, and nothing else that matters: all of an
 *   account class, kind and boundary are decided at once, and a principal is found
 *   by the holders of the documents that allow, an index alone;
 * - special ones hold something else, or are in an account, or ask for a resource,
 *   whose policies look at the caller: they are gathered with all they hold and
 *   decided once for each combination.
 *
 * Whose accounts cannot matter are not looked at: a principal of another account
 * needs to be let in by the resource.
 */

/* Callers that are named outside the tables, made of what names them. */
CREATE FUNCTION iam_named_principals(type text, entry text, partition text, OUT principal text, OUT kind text, OUT account_id text,
									 OUT caller_name text, OUT any_principal boolean)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 2
BEGIN ATOMIC
	WITH parts AS (
		SELECT iam_principal_parts(entry) AS form),
	account AS (
		SELECT p.form, coalesce(substring(entry FROM '^[0-9]{12}$'), CASE WHEN p.form[3] = 'root' THEN p.form[2] END) AS id
		FROM parts AS p)
	SELECT entry, 'service', NULL, entry, false
	WHERE type = 'Service' AND entry ~* '^[a-z0-9_-]+(\.[a-z0-9_-]+)*\.amazonaws\.com(\.cn)?$'
	UNION ALL
	SELECT entry, 'provider', substring(entry FROM '^arn:[^:]*:iam::([0-9]{12}):'), entry, false
	WHERE type = 'Federated'
		AND (entry IN ('cognito-identity.amazonaws.com', 'www.amazon.com', 'graph.facebook.com', 'accounts.google.com')
			 OR entry ~ '^arn:[^:*?]+:iam::[0-9]{12}:(oidc|saml)-provider/[^*?[:space:][:cntrl:]]+$')
	UNION ALL
	SELECT r.root, 'account', a.id, r.root, true
	FROM account AS a
	CROSS JOIN LATERAL (SELECT format('arn:%s:iam::%s:root', coalesce(a.form[1], partition, 'aws'), a.id)) AS r (root)
	WHERE type = 'AWS' AND a.id IS NOT NULL
	UNION ALL
	SELECT entry, CASE p.form[3] WHEN 'assumed-role' THEN 'session' WHEN 'federated-user' THEN 'federated user' ELSE p.form[3] END,
		   p.form[2], entry, false
	FROM parts AS p
	WHERE type = 'AWS' AND p.form[4] IS NOT NULL
		AND (p.form[3] IN ('user', 'role') AND p.form[4] !~ '(^|/)$'
			 OR p.form[3] = 'assumed-role' AND p.form[4] ~ '^[^/]+/[^/]+$'
			 OR p.form[3] = 'federated-user' AND p.form[4] !~ '/')
	UNION ALL
	SELECT '*', 'any principal', NULL, '*', true
	WHERE type = 'AWS' AND entry = '*'
	UNION ALL
	SELECT 'anonymous', 'anonymous', NULL, 'anonymous', false
	WHERE type = 'AWS' AND entry = '*'
	UNION ALL
	SELECT entry, 'account', NULL, '*', true
	WHERE type = 'CanonicalUser' AND entry ~ '^[0-9a-f]{64}$';
END;
COMMENT ON FUNCTION iam_named_principals(text, text, text) IS 'Who an entry of a Principal element names: a service, a provider, an account, a principal, anybody';

/* Plain principals of one number are decided alike. */
CREATE FUNCTION iam_who_can_code(class integer, is_role boolean, service_linked boolean, allows boolean, boundary integer, boundary_count integer)
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (((class * 2 + is_role::integer) * 2 + service_linked::integer) * 2 + allows::integer) * (boundary_count + 1) + boundary;
COMMENT ON FUNCTION iam_who_can_code(integer, boolean, boolean, boolean, integer, integer) IS 'Internal to iam_who_can: the number of a class of principals that are decided alike';

/* The request for a resource that is in the caller's account, for callers of one account. */
CREATE FUNCTION iam_resource_request(action text, resource text, context json, unknown_context boolean, organization_id text,
									 organization_path text, organization_known boolean, in_management_account boolean,
									 public_access_block jsonb)
RETURNS iam_request
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT iam_request(action, resource, context, NULL, unknown_context,
					   CASE WHEN lower(split_part(resource, ':', 3)) = 's3' AND public_access_block IS NOT NULL
							THEN (f.facts::jsonb || jsonb_build_object('block_public_access', iam_public_access_block(NULL, public_access_block)))::json
							ELSE f.facts END)
	FROM (SELECT iam_owner_facts(organization_id, organization_path, organization_known, in_management_account)) AS f (facts);
END;
COMMENT ON FUNCTION iam_resource_request(text, text, json, boolean, text, text, boolean, boolean, jsonb) IS 'Internal to iam_who_can: what is asked by callers of one account of a resource in their own';

/* The text of an expression: which code a column's value has, by lists that the server looks up by hash. */
CREATE FUNCTION iam_case_expression(column_name text, element_type text, keys text[], codes integer[], otherwise text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT coalesce('CASE ' || string_agg(format('WHEN %s = ANY (%L::%s[]) THEN %s', column_name, c.keys, element_type, c.code), ' ' ORDER BY c.n DESC)
					|| ' ELSE ' || otherwise || ' END', otherwise)
	FROM (SELECT k.code, array_agg(k.key) AS keys, count(*) AS n
		  FROM unnest(keys, codes) AS k (key, code)
		  WHERE k.code IS NOT NULL
		  GROUP BY k.code) AS c;
END;
COMMENT ON FUNCTION iam_case_expression(text, text, text[], integer[], text) IS 'Internal to iam_who_can: SQL text that gives each of some values of a column its code';

/*
 * The values of an indexed column, each once: from one to the next by the index,
 * whatever the number of rows.
 */
CREATE FUNCTION iam_stored_boundaries() RETURNS SETOF arn
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000
BEGIN ATOMIC
	WITH RECURSIVE v (arn) AS (
		(SELECT i.permissions_boundary FROM iam_identity AS i
		 WHERE i.permissions_boundary IS NOT NULL ORDER BY i.permissions_boundary LIMIT 1)
		UNION ALL
		SELECT (SELECT i.permissions_boundary FROM iam_identity AS i
				WHERE i.permissions_boundary > v.arn ORDER BY i.permissions_boundary LIMIT 1)
		FROM v WHERE v.arn IS NOT NULL)
	SELECT v.arn FROM v WHERE v.arn IS NOT NULL;
END;
COMMENT ON FUNCTION iam_stored_boundaries() IS 'Managed policies that are the permissions boundary of somebody';

CREATE FUNCTION iam_attached_policy_keys() RETURNS SETOF uuid
LANGUAGE sql STABLE PARALLEL SAFE ROWS 10000
BEGIN ATOMIC
	WITH RECURSIVE v (key) AS (
		(SELECT a.policy_key FROM iam_attachment AS a ORDER BY a.policy_key LIMIT 1)
		UNION ALL
		SELECT (SELECT a.policy_key FROM iam_attachment AS a WHERE a.policy_key > v.key ORDER BY a.policy_key LIMIT 1)
		FROM v WHERE v.key IS NOT NULL)
	SELECT v.key FROM v WHERE v.key IS NOT NULL;
END;
COMMENT ON FUNCTION iam_attached_policy_keys() IS 'Keys of the managed policies that are attached to somebody';

/* An account whose principals are looked at. */
CREATE TYPE iam_who_can_place AS (
	account_id text,
	class integer,				/* accounts of one class are decided alike */
	request iam_request,
	caller iam_caller,			/* some principal of the account, whichever */
	partition text,
	individual boolean			/* some control policy looks at the caller */
);
COMMENT ON TYPE iam_who_can_place IS 'Internal to iam_who_can: an account whose principals are looked at';

/* A control policy of a class of accounts, or an empty level. */
CREATE TYPE iam_who_can_control AS (
	class integer,
	kind iam_policy_kind,
	level integer,
	policy iam_policy,
	present boolean,
	effect iam_effect,
	individual boolean
);
COMMENT ON TYPE iam_who_can_control IS 'Internal to iam_who_can: a control policy of a class of accounts';

/* A document that is neither without effect nor a plain allow or deny. */
CREATE TYPE iam_who_can_document AS (
	code integer,
	policy iam_policy,
	effect iam_effect,
	individual boolean			/* has to be evaluated for each holder */
);
COMMENT ON TYPE iam_who_can_document IS 'Internal to iam_who_can: a document whose effect is not the same plain one for all its holders';

/* Somebody whom the resource's policy names. */
CREATE TYPE iam_who_can_named AS (
	principal text,
	kind text,
	account_id text,
	caller_name text,
	any_principal boolean,
	canonical_id text
);
COMMENT ON TYPE iam_who_can_named IS 'Internal to iam_who_can: whom the policy or a grant of the resource names';

/*
 * The answers of iam_who_can: one row a principal, or with summarize one row, with
 * a count, for all principals of an account, kind, decision and conditions.
 */
CREATE FUNCTION iam_who_can_answers(action text, resource text, context json, resource_account text, unknown_context boolean,
									include_denied boolean, summarize boolean)
RETURNS TABLE (principal text, kind text, account_id text, decision iam_decision, conditions jsonb, principals bigint)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1000 COST 100000
SET search_path = pg_catalog, @extschema@, pg_temp
SET jit = off
SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
DECLARE
	/* codes of documents; others are numbers of v_documents */
	c_allows constant integer := -1;
	c_denies constant integer := -2;
	c_named constant integer := -3;			/* holds nothing, but is named by the resource */
	c_missing constant integer := 0;
	c_individual constant integer := -1;	/* of a boundary that looks at the caller */

	v_name text := resource;
	v_unknown boolean := coalesce(unknown_context, true);
	v_denied boolean := coalesce(include_denied, false);
	v_account_field text := substring(resource FROM '^arn:[^:]*:[^:]*:[^:]*:([^:]*):');
	v_asked record;				/* what iam_resolve_resource says, for no caller in particular */
	v_request iam_request;
	v_by_account boolean;		/* the resource is in the caller's account, whichever that is */
	v_stored iam_resource;
	v_effect iam_effect;		/* of the resource's policy, as far as it is the same for everybody */
	v_graded boolean := false;	/* it is another for each caller */
	v_open boolean := false;	/* somebody who is not named may get in, in the owner's account */
	v_personal boolean := false;	/* grants or lists name callers: nobody is decided for somebody else */
	v_everybody boolean;
	v_all_accounts boolean;
	v_named iam_who_can_named[];
	v_unique_ids text[];

	v_accounts text[];			/* whose principals are looked at */
	v_open_accounts text[];		/* whose principals count even if no policy of theirs allows anything */
	v_places iam_who_can_place[];
	v_controls iam_who_can_control[];
	v_documents iam_who_can_document[];
	v_policy_keys uuid[];		/* managed policies that matter, */
	v_policy_codes integer[];	/* with their codes */
	v_inline_keys uuid[];		/* identities with inline policies that matter */
	v_inline_codes integer[];
	v_groups uuid[];
	v_group_keys uuid[];		/* users of groups whose policies matter */
	v_group_codes integer[];
	v_held_keys uuid[];			/* both of these, and who is named */
	v_held_codes integer[];
	v_allow_policies uuid[];	/* what plain principals hold */
	v_allow_identities uuid[];
	v_boundary_arns arn[];
	v_boundary_codes integer[];	/* 0: none */
	v_boundaries iam_who_can_document[];
	v_boundary_count integer;
	v_special uuid[];			/* who holds something that is not a plain allow */
	v_plain_codes integer[];	/* classes of plain principals */
	v_plain_decisions iam_decision[];
	v_plain_conditions jsonb[];
	v_in_accounts text;
	v_class_case text;
	v_boundary_case text;
	v_query text;
	v_some_individual boolean;	/* there are accounts or boundaries that look at the caller */
	v_individual_codes integer[];	/* documents that do */
	v_allow iam_policy := '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';
	v_deny iam_policy := '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}';
BEGIN
	IF action IS NULL OR v_name IS NULL THEN
		RETURN;
	END IF;
	IF iam_who_can_answers.resource_account !~ '^[0-9]{12}$' THEN
		RAISE EXCEPTION 'invalid account id "%"', left(iam_who_can_answers.resource_account, 64)
			USING ERRCODE = 'invalid_parameter_value', HINT = 'An account id has 12 digits.';
	END IF;

	/* ---- what is asked, and whom the resource lets in ---- */

	SELECT * INTO v_asked
	FROM iam_resolve_resource(action, v_name, iam_who_can_answers.context, iam_who_can_answers.resource_account, v_unknown, NULL);
	v_request := v_asked.request;
	v_by_account := v_asked.account IS NULL;
	IF v_by_account AND v_account_field IS NOT NULL AND v_account_field <> 'aws' THEN
		RAISE EXCEPTION 'the account that owns "%" is not known', left(v_name, 256)
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'The ARN does not tell it and the resource is not in iam_resource: give resource_account.';
	END IF;

	SELECT r.* INTO v_stored
	FROM iam_resource AS r
	WHERE r.account_id = v_asked.account AND r.arn::text = v_asked.name AND v_asked.kind = 'resource'
	LIMIT 1;
	IF v_asked.present THEN
		v_effect := iam_policy_effect(v_asked.policy, v_asked.kind, v_request, NULL);
		v_graded := coalesce(iam_policy_depends_on_caller(v_asked.policy), false)
			AND (iam_effect_allows(v_effect) OR iam_effect_denies(v_effect)) IS NOT FALSE;
		v_open := v_asked.policy IS NULL
			OR iam_effect_allows(v_effect) IS NOT FALSE
			   AND EXISTS (SELECT FROM iam_trust_entries(v_asked.policy) AS e
						   WHERE e.entry = '*' OR e.type = 'CanonicalUser');
	END IF;
	IF v_stored.acl IS NOT NULL
		OR EXISTS (SELECT FROM iam_kms_grant AS g WHERE g.account_id = v_stored.account_id AND g.key_arn = v_stored.arn) THEN
		v_open := true;
		v_personal := true;
	END IF;
	/* some calls need no permission */
	v_everybody := v_denied OR lower(action) IN ('sts:getcalleridentity', 'sts:getsessiontoken');

	WITH entry AS MATERIALIZED (
		SELECT e.type, e.entry
		FROM iam_trust_entries(v_asked.policy) AS e
		WHERE v_asked.present AND e.entry IS NOT NULL
		UNION
		SELECT CASE WHEN n.name LIKE 'arn:%' OR n.name ~ '^[0-9]{12}$' THEN 'AWS' ELSE 'Service' END, n.name
		FROM iam_kms_grant AS g
		CROSS JOIN LATERAL (VALUES (g.grantee_principal), (g.retiring_principal)) AS n (name)
		WHERE g.account_id = v_stored.account_id AND g.key_arn = v_stored.arn AND n.name IS NOT NULL
		UNION
		SELECT CASE WHEN t.grantee ->> 'ID' IS NOT NULL THEN 'CanonicalUser' ELSE 'AWS' END, coalesce(t.grantee ->> 'ID', '*')
		FROM jsonb_path_query(v_stored.acl::jsonb, 'lax $.Grants[*].Grantee') AS t (grantee)
		WHERE t.grantee ->> 'ID' IS NOT NULL OR t.grantee ->> 'URI' LIKE '%/groups/global/%')
	SELECT (SELECT array_agg(ROW(n.principal, n.kind, n.account_id, n.caller_name, n.any_principal,
								 CASE e.type WHEN 'CanonicalUser' THEN e.entry END)::iam_who_can_named)
			FROM entry AS e
			CROSS JOIN LATERAL iam_named_principals(e.type, e.entry, split_part(v_name, ':', 2)) AS n),
		   (SELECT array_agg(split_part(e.entry, ':', 1))
			FROM entry AS e WHERE e.type = 'AWS' AND e.entry ~ '^A[A-Z0-9]{3}'),
		   v_by_account OR v_everybody OR v_stored.acl IS NOT NULL OR (v_asked.present AND v_asked.policy IS NULL)
		   OR EXISTS (SELECT FROM entry AS e WHERE e.entry = '*' OR e.type = 'CanonicalUser')
	INTO v_named, v_unique_ids, v_all_accounts;

	/* ---- accounts and what stands above them ---- */

	IF v_all_accounts THEN
		v_accounts := ARRAY(SELECT * FROM iam_stored_accounts());
	ELSE
		v_accounts := ARRAY(
			SELECT v_asked.account
			UNION SELECT n.account_id FROM unnest(v_named) AS n WHERE n.account_id IS NOT NULL
			UNION SELECT i.account_id FROM iam_identity AS i WHERE i.unique_id = ANY (v_unique_ids));
	END IF;
	v_open_accounts := CASE WHEN v_open THEN ARRAY(
		SELECT v_asked.account WHERE NOT v_by_account
		UNION SELECT n.account_id FROM unnest(v_named) AS n WHERE n.kind = 'account' AND n.account_id IS NOT NULL) END;

	WITH fact AS MATERIALIZED (
		SELECT f.*, s.partition,
			   dense_rank() OVER (ORDER BY f.organization_id, f.organization_path, f.organization_known, f.in_management_account,
								  f.canonical_user_id, f.public_access_block) AS facts
		FROM iam_organization_facts(v_accounts) AS f
		CROSS JOIN LATERAL (SELECT arn_partition(i.arn) AS partition
							FROM iam_identity AS i WHERE i.account_id = f.account_id LIMIT 1) AS s),
	/* most accounts have the same facts as others */
	made AS MATERIALIZED (
		SELECT f.facts,
			   CASE WHEN v_by_account
					/* as iam_resolve_resource would make it for a caller of the account */
					THEN iam_resource_request(action, v_name, iam_who_can_answers.context, v_unknown, f.organization_id,
											  f.organization_path, f.organization_known, f.in_management_account,
											  f.public_access_block)
					ELSE v_request END AS request
		FROM (SELECT DISTINCT ON (f.facts) f.* FROM fact AS f ORDER BY f.facts) AS f),
	place AS MATERIALIZED (
		SELECT f.account_id, f.partition, f.in_management_account, f.public_access_block, m.request,
			   iam_account_caller(f.account_id, true, f.canonical_user_id, f.organization_id, f.organization_path,
								  f.organization_known, f.in_management_account) AS caller
		FROM fact AS f
		JOIN made AS m ON m.facts = f.facts),
	control AS MATERIALIZED (
		SELECT c.account_id, c.kind, c.level, c.name, c.policy, c.present, c.effect,
			   coalesce(iam_policy_depends_on_caller(c.policy), false)
			   AND (v_by_account OR iam_effect_allows(c.effect) IS NULL OR iam_effect_denies(c.effect) IS NULL) AS individual
		FROM (SELECT p.account_id, 'scp'::iam_policy_kind AS kind, p.level, p.name, p.policy, p.present,
					 CASE WHEN p.present THEN iam_policy_effect(p.policy, 'scp', v_request, NULL) END AS effect
			  FROM iam_organization_control_policies(v_accounts, 'SERVICE_CONTROL_POLICY') AS p
			  UNION ALL
			  SELECT p.account_id, 'rcp', p.level, p.name, p.policy, p.present,
					 CASE WHEN p.present THEN iam_policy_effect(p.policy, 'rcp', v_request, NULL) END
			  FROM iam_organization_control_policies(v_accounts, 'RESOURCE_CONTROL_POLICY') AS p
			  WHERE v_by_account
			  UNION ALL
			  SELECT l.account_id, 'rcp', p.level, p.name, p.policy, p.present, p.effect
			  FROM place AS l
			  CROSS JOIN (SELECT p.*, CASE WHEN p.present THEN iam_policy_effect(p.policy, 'rcp', v_request, NULL) END AS effect
						  FROM iam_organization_control_policies(ARRAY[v_asked.account], 'RESOURCE_CONTROL_POLICY') AS p
						  WHERE NOT v_by_account OFFSET 0) AS p OFFSET 0) AS c),
	signed AS MATERIALIZED (
		SELECT l.account_id, coalesce(s.individual, false) AS individual,
			   dense_rank() OVER (ORDER BY s.signature COLLATE "C", l.partition COLLATE "C", l.in_management_account,
										   l.account_id = v_asked.account,
										   CASE WHEN v_by_account THEN l.public_access_block END) AS class
		FROM place AS l
		LEFT JOIN (SELECT c.account_id, bool_or(c.individual) AS individual,
						  string_agg(concat_ws(' ', c.kind, c.level, c.present, c.effect,
											   CASE WHEN c.individual THEN c.policy::text END), ',' ORDER BY c.kind, c.level, c.effect::text, c.name) AS signature
				   FROM control AS c
				   GROUP BY c.account_id) AS s ON s.account_id = l.account_id)
	SELECT (SELECT array_agg(ROW(l.account_id, s.class, l.request, l.caller, l.partition, s.individual)::iam_who_can_place ORDER BY l.account_id)
			FROM place AS l JOIN signed AS s ON s.account_id = l.account_id),
		   (SELECT array_agg(ROW(r.class, c.kind, c.level, iam_policy_loaded(c.policy), c.present, c.effect, c.individual)::iam_who_can_control)
			FROM (SELECT s.class, min(s.account_id) AS account_id FROM signed AS s GROUP BY s.class) AS r
			JOIN control AS c ON c.account_id = r.account_id)
	INTO v_places, v_controls;

	/* ---- documents: what each comes to for everybody ---- */

	WITH document AS MATERIALIZED (
		SELECT row_number() OVER () AS n, e.*
		FROM (SELECT d.managed, d.holder, iam_policy_loaded(d.policy) AS policy, d.effect, iam_effect_allows(d.effect) AS allows, iam_effect_denies(d.effect) AS denies,
					 coalesce(iam_policy_depends_on_caller(d.policy), false)
					 AND (v_by_account OR iam_effect_allows(d.effect) IS NULL OR iam_effect_denies(d.effect) IS NULL) AS individual
			  FROM (SELECT true AS managed, p.arn AS holder, p.policy, iam_policy_effect(p.policy, 'identity', v_request, NULL) AS effect
					FROM iam_customer_policy AS p
					WHERE (v_all_accounts OR p.account_id = ANY (v_accounts)) AND p.policy @@ v_request
					UNION ALL
					SELECT true, p.arn, NULL, iam_policy_effect(NULL, 'identity', v_request, NULL)
					FROM iam_customer_policy AS p
					WHERE (v_all_accounts OR p.account_id = ANY (v_accounts)) AND p.policy IS NULL
					UNION ALL
					SELECT true, p.arn, p.policy, iam_policy_effect(p.policy, 'identity', v_request, NULL)
					FROM iam_aws_policy AS p
					WHERE p.policy IS NULL OR p.policy @@ v_request
					UNION ALL
					SELECT false, p.identity_arn, p.policy, iam_policy_effect(p.policy, 'identity', v_request, NULL)
					FROM iam_inline_policy AS p
					WHERE (v_all_accounts OR p.account_id = ANY (v_accounts)) AND p.policy @@ v_request
					UNION ALL
					SELECT false, p.identity_arn, NULL, iam_policy_effect(NULL, 'identity', v_request, NULL)
					FROM iam_inline_policy AS p
					WHERE (v_all_accounts OR p.account_id = ANY (v_accounts)) AND p.policy IS NULL
					OFFSET 0) AS d) AS e
		WHERE e.individual OR (e.allows OR e.denies) IS NOT FALSE),
	/* what looks at the caller may say the same to all principals of all accounts */
	general AS MATERIALIZED (
		SELECT d.n, bool_and(iam_effect_allows(e.effect)) AS allows, bool_and(iam_effect_denies(e.effect)) AS denies
		FROM document AS d
		JOIN unnest(v_places) AS l ON l.account_id = arn_account(d.holder) OR arn_account(d.holder) = 'aws'
		CROSS JOIN LATERAL (SELECT iam_policy_effect(d.policy, 'identity', l.request, l.caller) AS effect OFFSET 0) AS e
		WHERE d.individual AND d.managed AND v_unknown	/* else what is not known of `whichever` would be taken to be absent */
		GROUP BY d.n
		HAVING bool_and(iam_effect_allows(e.effect) IS NOT NULL AND iam_effect_denies(e.effect) IS NOT NULL)
			AND bool_and(iam_effect_allows(e.effect)) = bool_or(iam_effect_allows(e.effect))
			AND bool_and(iam_effect_denies(e.effect)) = bool_or(iam_effect_denies(e.effect))),
	settled AS (
		SELECT d.n, d.managed, d.holder, d.policy, d.effect, d.individual AND g.n IS NULL AS individual,
			   CASE WHEN g.n IS NULL THEN d.allows ELSE g.allows END AS allows, CASE WHEN g.n IS NULL THEN d.denies ELSE g.denies END AS denies
		FROM document AS d
		LEFT JOIN general AS g ON g.n = d.n),
	coded AS MATERIALIZED (
		SELECT d.managed, arn_key(d.holder) AS key, d.policy, d.effect, d.individual, c.code
		FROM settled AS d
		CROSS JOIN LATERAL (
			SELECT d.n::integer AS code WHERE d.individual OR d.allows IS NULL OR d.denies IS NULL
			UNION ALL SELECT c_allows WHERE NOT d.individual AND d.allows AND d.denies IS NOT NULL
			UNION ALL SELECT c_denies WHERE NOT d.individual AND d.denies AND d.allows IS NOT NULL) AS c)
	SELECT (SELECT array_agg(ROW(c.code, c.policy, c.effect, c.individual)::iam_who_can_document) FROM coded AS c WHERE c.code > 0),
		   coalesce((SELECT array_agg(c.key ORDER BY c.key, c.code) FROM coded AS c WHERE c.managed), '{}'),
		   coalesce((SELECT array_agg(c.code ORDER BY c.key, c.code) FROM coded AS c WHERE c.managed), '{}'),
		   coalesce((SELECT array_agg(c.key ORDER BY c.key, c.code) FROM coded AS c WHERE NOT c.managed), '{}'),
		   coalesce((SELECT array_agg(c.code ORDER BY c.key, c.code) FROM coded AS c WHERE NOT c.managed), '{}')
	INTO v_documents, v_policy_keys, v_policy_codes, v_inline_keys, v_inline_codes;

	/* what is attached and not stored may say anything */
	WITH missing AS MATERIALIZED (
		SELECT k.key
		FROM (SELECT iam_attached_policy_keys() AS key WHERE v_all_accounts
			  UNION ALL
			  SELECT DISTINCT a.policy_key FROM iam_attachment AS a
			  WHERE NOT v_all_accounts AND a.account_id = ANY (v_accounts)) AS k
		WHERE NOT EXISTS (SELECT FROM iam_aws_policy AS p WHERE arn_key(p.arn) = k.key)
			AND NOT EXISTS (SELECT FROM iam_customer_policy AS p WHERE arn_key(p.arn) = k.key))
	SELECT v_policy_keys || coalesce(array_agg(m.key), '{}'),
		   v_policy_codes || coalesce(array_agg(c_missing), '{}')
	INTO v_policy_keys, v_policy_codes
	FROM missing AS m;

	/* users hold what their groups hold; a group that is not stored may hold anything */
	v_groups := ARRAY(SELECT g.arn_key FROM iam_identity AS g
					  WHERE g.kind = 'group' AND (v_all_accounts OR g.account_id = ANY (v_accounts)));
	WITH held AS MATERIALIZED (
		SELECT g.account_id, g.arn, p.code
		FROM iam_attachment AS a
		JOIN unnest(v_policy_keys, v_policy_codes) AS p (key, code) ON p.key = a.policy_key
		JOIN iam_identity AS g ON g.arn_key = a.identity_key AND g.kind = 'group'
		WHERE a.policy_key = ANY (v_policy_keys) AND a.identity_key = ANY (v_groups) AND (v_all_accounts OR a.account_id = ANY (v_accounts))
		UNION
		SELECT g.account_id, g.arn, p.code
		FROM unnest(v_inline_keys, v_inline_codes) AS p (key, code)
		JOIN iam_identity AS g ON g.arn_key = p.key
		WHERE g.kind = 'group'),
	member AS (
		SELECT arn_key(m.user_arn) AS key, h.code
		FROM held AS h
		JOIN iam_group_member AS m ON m.account_id = h.account_id AND m.group_arn = h.arn
		UNION ALL
		SELECT arn_key(m.user_arn), c_missing
		FROM iam_group_member AS m
		WHERE m.account_id = ANY (v_accounts)
			AND NOT EXISTS (SELECT FROM iam_identity AS g WHERE g.kind = 'group' AND g.account_id = m.account_id AND g.arn = m.group_arn))
	SELECT coalesce(array_agg(m.key), '{}'), coalesce(array_agg(m.code), '{}') INTO v_group_keys, v_group_codes
	FROM member AS m;

	/* stored principals whom the resource names */
	WITH mentioned AS (
		SELECT i.arn_key
		FROM unnest(v_named) AS n
		JOIN iam_identity AS i ON i.account_id = n.account_id AND i.kind IN ('user', 'role')
			AND CASE n.kind WHEN 'session' THEN i.kind = 'role' AND lower(i.name) = lower(split_part(n.principal, '/', 2))
							WHEN 'user' THEN i.arn = n.principal::arn
							WHEN 'role' THEN i.arn = n.principal::arn END
		UNION
		SELECT i.arn_key
		FROM iam_identity AS i
		WHERE i.unique_id = ANY (v_unique_ids) AND i.kind IN ('user', 'role'))
	SELECT v_inline_keys || v_group_keys || coalesce(array_agg(m.arn_key), '{}'),
		   v_inline_codes || v_group_codes || coalesce(array_agg(c_named), '{}')
	INTO v_held_keys, v_held_codes
	FROM mentioned AS m;

	/* ---- permissions boundaries ---- */

	WITH boundary AS MATERIALIZED (
		SELECT b.arn, b.policy, b.effect,
			   coalesce(iam_policy_depends_on_caller(b.policy), false)
			   AND (v_by_account OR iam_effect_allows(b.effect) IS NULL OR iam_effect_denies(b.effect) IS NULL) AS individual
		FROM (SELECT n.arn, coalesce(c.policy, w.policy) AS policy,
					 iam_policy_effect(coalesce(c.policy, w.policy), 'boundary', v_request, NULL) AS effect
			  FROM (SELECT iam_stored_boundaries() AS arn WHERE v_all_accounts
					UNION ALL
					SELECT DISTINCT i.permissions_boundary FROM iam_identity AS i
					WHERE NOT v_all_accounts AND i.account_id = ANY (v_accounts) AND i.permissions_boundary IS NOT NULL) AS n
			  LEFT JOIN iam_customer_policy AS c ON c.account_id = arn_account(n.arn) AND c.arn = n.arn
			  LEFT JOIN iam_aws_policy AS w ON w.arn = n.arn OFFSET 0) AS b),
	numbered AS MATERIALIZED (
		SELECT b.arn, b.policy, b.effect,
			   CASE WHEN b.individual THEN c_individual ELSE dense_rank() OVER (ORDER BY b.individual, b.effect::text COLLATE "C")::integer END AS code
		FROM boundary AS b)
	SELECT coalesce((SELECT array_agg(n.arn ORDER BY n.arn) FROM numbered AS n), '{}'),
		   coalesce((SELECT array_agg(n.code ORDER BY n.arn) FROM numbered AS n), '{}'),
		   (SELECT array_agg(ROW(d.code, NULL, d.effect, false)::iam_who_can_document)
			FROM (SELECT DISTINCT ON (n.code) n.code, n.effect FROM numbered AS n WHERE n.code > 0 ORDER BY n.code) AS d),
		   (SELECT coalesce(max(n.code), 0) FROM numbered AS n)
	INTO v_boundary_arns, v_boundary_codes, v_boundaries, v_boundary_count;

	/* ---- plain principals ---- */

	IF NOT (v_graded OR v_personal) THEN
		SELECT coalesce(array_agg(DISTINCT h.key), '{}') INTO v_special
		FROM (SELECT a.identity_key AS key
			  FROM unnest(v_policy_keys, v_policy_codes) AS p (key, code)
			  JOIN iam_attachment AS a ON a.policy_key = p.key AND (v_all_accounts OR a.account_id = ANY (v_accounts))
			  WHERE p.code <> c_allows
			  UNION ALL
			  SELECT h.key FROM unnest(v_held_keys, v_held_codes) AS h (key, code) WHERE h.code <> c_allows) AS h;
		SELECT coalesce(array_agg(p.key), '{}') INTO v_allow_policies
		FROM unnest(v_policy_keys, v_policy_codes) AS p (key, code) WHERE p.code = c_allows;
		SELECT coalesce(array_agg(DISTINCT h.key), '{}') INTO v_allow_identities
		FROM unnest(v_held_keys, v_held_codes) AS h (key, code) WHERE h.code = c_allows;

		WITH class AS (
			SELECT DISTINCT ON (l.class) l.class, l.account_id, l.request, l.caller, l.partition
			FROM unnest(v_places) AS l
			WHERE NOT l.individual
			ORDER BY l.class, l.account_id),
		asking AS MATERIALIZED (
			SELECT iam_who_can_code(c.class, k.role, k.linked, a.allows, b.code, v_boundary_count) AS code, c.class, a.allows, b.code AS boundary, c.request,
				   /* stands for all of its class: nothing that is still open looks at more than kind, path and account */
				   iam_identity_caller(format('arn:%s:iam::%s:%s', c.partition, c.account_id, k.name)::arn, NULL, b.code > 0, NULL, c.caller) AS caller
			FROM class AS c
			CROSS JOIN (VALUES (false, false, 'user/any'), (true, false, 'role/any'), (true, true, 'role/aws-service-role/any')) AS k (role, linked, name)
			CROSS JOIN (VALUES (true), (false)) AS a (allows)
			CROSS JOIN generate_series(0, v_boundary_count) AS b (code)
			WHERE a.allows OR v_everybody OR v_open),
		applicable AS (
			SELECT a.code, 'identity'::iam_policy_kind AS kind, 0 AS level,
				   CASE WHEN a.allows THEN iam_policy_effect(v_allow, 'identity', a.request, a.caller) END AS effect
			FROM asking AS a
			UNION ALL
			SELECT a.code, 'boundary', 0, d.effect
			FROM asking AS a JOIN unnest(v_boundaries) AS d ON d.code = a.boundary
			UNION ALL
			SELECT a.code, v_asked.kind, 0, v_effect
			FROM asking AS a WHERE v_asked.present
			UNION ALL
			SELECT a.code, c.kind, c.level, c.effect
			FROM asking AS a JOIN unnest(v_controls) AS c ON c.class = a.class),
		decided AS (
			SELECT a.code, iam_decide(a.request, a.caller, p.kind, p.level, p.effect) AS decision,
				   iam_decide_conditions(a.request, a.caller, p.kind, p.level, p.effect) AS conditions
			FROM asking AS a
			JOIN applicable AS p ON p.code = a.code
			GROUP BY a.code)
		SELECT array_agg(d.code), array_agg(d.decision), array_agg(d.conditions)
		INTO v_plain_codes, v_plain_decisions, v_plain_conditions
		FROM decided AS d
		WHERE v_denied OR d.decision >= 'conditional';

		IF v_plain_codes IS NOT NULL THEN
			/*
			 * The text depends on what can be left out.  Classes of accounts and
			 * boundaries are written as lists: the planner has no statistics of joins
			 * with them, and puts the large side into memory.
			 */
			SELECT CASE WHEN v_all_accounts AND min(l.class) = max(l.class) AND NOT bool_or(l.individual) THEN min(l.class)::text
						ELSE iam_case_expression('i.account_id', 'text', array_agg(l.account_id) FILTER (WHERE NOT l.individual),
												 array_agg(l.class) FILTER (WHERE NOT l.individual), 'NULL') END
			INTO v_class_case
			FROM unnest(v_places) AS l;
			v_boundary_case := 'CASE WHEN i.permissions_boundary IS NULL THEN 0 ELSE '
				|| iam_case_expression('i.permissions_boundary', 'arn', v_boundary_arns::text[],
									   array_replace(v_boundary_codes, c_individual, NULL), 'NULL') || ' END';
			v_query := format($query$
				SELECT %s
				FROM iam_identity AS i
				%%s
				JOIN unnest($1, $2, $3) AS d (code, decision, conditions)
					ON d.code = iam_who_can_code(%s, i.kind = 'role', strpos(i.arn::text, ':role/aws-service-role/') > 0, %%s, %s, %s)
				WHERE i.kind <> 'group' AND %s %%s
				%s $query$,
				CASE WHEN summarize THEN 'NULL::text, i.kind, i.account_id, d.decision, d.conditions, count(*)'
					 ELSE 'i.arn::text, i.kind, i.account_id, d.decision, d.conditions, 1::bigint' END,
				/* what is in no list is of no class: it is special, or not looked at */
				v_class_case, v_boundary_case, v_boundary_count, CASE WHEN v_all_accounts THEN '' ELSE 'i.account_id = ANY ($8) AND' END,
				CASE WHEN summarize THEN 'GROUP BY i.kind, i.account_id, d.decision, d.conditions' END);
			v_in_accounts := CASE WHEN v_all_accounts THEN '' ELSE ' AND a.account_id = ANY ($8)' END;
			v_query := CASE
				WHEN v_everybody OR v_open THEN
					format(v_query, 'LEFT JOIN (SELECT a.identity_key FROM iam_attachment AS a WHERE a.policy_key = ANY ($5)' || v_in_accounts || ' UNION SELECT unnest($6)) AS h
										ON h.identity_key = i.arn_key',
						   'h.identity_key IS NOT NULL',
						   'i.arn_key <> ALL ($4)'
						   || CASE WHEN v_everybody THEN '' ELSE ' AND (h.identity_key IS NOT NULL OR i.account_id = ANY ($7))' END)
				/* two queries instead of one about two sources: each gets the plan for how much it has */
				ELSE format(v_query, '', 'true',
							'i.arn_key IN (SELECT a.identity_key FROM iam_attachment AS a
										   WHERE a.policy_key = ANY ($5) AND a.identity_key <> ALL ($4 || $6)' || v_in_accounts || ')')
					|| CASE WHEN v_allow_identities <> '{}'
							THEN ' UNION ALL ' || format(v_query, '', 'true', 'i.arn_key = ANY ($6) AND i.arn_key <> ALL ($4)') ELSE '' END
				END;
			RETURN QUERY EXECUTE v_query
			USING v_plain_codes, v_plain_decisions, v_plain_conditions, v_special, v_allow_policies, v_allow_identities, v_open_accounts,
				  v_accounts;
		END IF;
	END IF;

	/* ---- special principals, and everybody else who is named ---- */

	v_some_individual := c_individual = ANY (v_boundary_codes) OR EXISTS (SELECT FROM unnest(v_places) AS l WHERE l.individual);
	v_individual_codes := ARRAY(SELECT d.code FROM unnest(v_documents) AS d WHERE d.individual);

	RETURN QUERY
	WITH special AS MATERIALIZED (
		SELECT h.key, array_agg(DISTINCT h.code ORDER BY h.code) AS codes
		FROM (SELECT a.identity_key AS key, p.code
			  FROM iam_attachment AS a
			  JOIN unnest(v_policy_keys, v_policy_codes) AS p (key, code) ON p.key = a.policy_key
			  WHERE a.policy_key = ANY (v_policy_keys) AND (v_all_accounts OR a.account_id = ANY (v_accounts))
				  AND (v_graded OR v_personal OR v_some_individual OR a.identity_key = ANY (v_special))
			  UNION ALL
			  SELECT h.key, h.code
			  FROM unnest(v_held_keys, v_held_codes) AS h (key, code)
			  WHERE v_graded OR v_personal OR v_some_individual OR h.key = ANY (v_special)) AS h
		GROUP BY h.key),
	looked_at AS (
		SELECT h.key, h.codes FROM special AS h
		UNION ALL
		SELECT i.arn_key, '{}'
		FROM iam_identity AS i
		WHERE CASE WHEN v_everybody THEN i.account_id = ANY (v_accounts) ELSE i.account_id = ANY (v_open_accounts) END AND (v_graded OR v_personal OR v_some_individual)
			AND NOT EXISTS (SELECT FROM special AS h WHERE h.key = i.arn_key)),
	candidate AS MATERIALIZED (
		SELECT i.account_id, i.arn, i.kind, l.class, strpos(i.arn::text, ':role/aws-service-role/') > 0 AS linked, h.codes,
			   coalesce(b.code, 0) AS boundary, i.permissions_boundary, l.individual, i.unique_id, i.tags,
			   v_graded OR v_personal OR l.individual OR b.code IS NOT DISTINCT FROM c_individual OR h.codes && v_individual_codes AS alone
		FROM looked_at AS h
		JOIN iam_identity AS i ON i.arn_key = h.key
		JOIN unnest(v_places) AS l ON l.account_id = i.account_id
		LEFT JOIN unnest(v_boundary_arns, v_boundary_codes) AS b (arn, code) ON b.arn = i.permissions_boundary
		WHERE i.kind IN ('user', 'role')
			AND (v_graded OR v_personal OR l.individual OR b.code = c_individual OR i.arn_key = ANY (v_special))),
	/* what the documents that look at the caller come to, for each */
	alone AS MATERIALIZED (
		SELECT c.arn, c.account_id, c.class, c.codes, c.boundary, c.permissions_boundary, c.individual, l.request,
			   iam_identity_caller(c.arn, c.unique_id, c.permissions_boundary IS NOT NULL, c.tags, l.caller) AS caller
		FROM candidate AS c
		JOIN unnest(v_places) AS l ON l.account_id = c.account_id
		WHERE c.alone),
	own_effect AS MATERIALIZED (
		SELECT a.arn, 'identity'::iam_policy_kind AS kind, 0 AS level, iam_policy_effect(d.policy, 'identity', a.request, a.caller) AS effect
		FROM alone AS a
		CROSS JOIN LATERAL unnest(a.codes) AS u (code)
		JOIN unnest(v_documents) AS d ON d.code = u.code AND d.individual
		UNION ALL
		SELECT a.arn, 'boundary', 0, iam_policy_effect(coalesce(p.policy, m.policy), 'boundary', a.request, a.caller)
		FROM alone AS a
		LEFT JOIN iam_customer_policy AS p ON p.account_id = a.account_id AND p.arn = a.permissions_boundary
		LEFT JOIN iam_aws_policy AS m ON m.arn = a.permissions_boundary
		WHERE a.boundary = c_individual
		UNION ALL
		SELECT a.arn, v_asked.kind, 0, iam_policy_effect(v_asked.policy, v_asked.kind, a.request, a.caller)
		FROM alone AS a
		WHERE v_graded
		UNION ALL
		SELECT a.arn, t.kind, t.level, iam_policy_effect(t.policy, t.kind, a.request, a.caller)
		FROM alone AS a
		JOIN unnest(v_controls) AS t ON t.class = a.class AND t.individual
		WHERE a.individual),
	personal AS (
		SELECT a.arn, concat_ws(' ', CASE WHEN v_personal THEN a.arn::text END, e.effects) AS personal
		FROM alone AS a
		LEFT JOIN (SELECT e.arn, string_agg(concat_ws(' ', e.kind, e.level, e.effect), ' ' ORDER BY e.kind, e.level, e.effect::text) AS effects
				   FROM own_effect AS e
				   GROUP BY e.arn) AS e ON e.arn = a.arn),
	distinguished AS MATERIALIZED (
		SELECT c.account_id, c.arn, c.kind, c.class, c.linked, coalesce(p.personal, '') AS personal, c.boundary,
			   /* what was evaluated for the holder counts by its effect */
			   CASE WHEN c.alone THEN ARRAY(SELECT u.code FROM unnest(c.codes) AS u (code) WHERE u.code <> ALL (v_individual_codes) ORDER BY 1)
					ELSE c.codes END AS codes
		FROM candidate AS c
		LEFT JOIN personal AS p ON p.arn = c.arn),
	combination AS MATERIALIZED (
		SELECT row_number() OVER () AS id, c.*
		FROM (SELECT c.class, c.kind, c.linked, c.codes, c.boundary, c.personal, min(c.arn::text)::arn AS arn
			  FROM distinguished AS c
			  GROUP BY c.class, c.kind, c.linked, c.codes, c.boundary, c.personal) AS c),
	outsider AS MATERIALIZED (
		SELECT -row_number() OVER () AS id, n.*
		FROM (SELECT DISTINCT n.principal, n.kind, n.account_id, n.caller_name, n.any_principal, n.canonical_id
			  FROM unnest(v_named) AS n
			  WHERE n.kind NOT IN ('account', 'user', 'role', 'session')
				  OR n.account_id IS NOT NULL AND NOT EXISTS (SELECT FROM iam_identity AS i WHERE i.account_id = n.account_id)
				  OR n.canonical_id IS NOT NULL
					 AND NOT EXISTS (SELECT FROM iam_account AS a JOIN iam_identity AS i ON i.account_id = a.account_id
									 WHERE a.canonical_user_id = n.canonical_id)) AS n),
	outside_account AS MATERIALIZED (
		SELECT f.* FROM iam_organization_facts(ARRAY(SELECT DISTINCT o.account_id FROM outsider AS o WHERE o.account_id IS NOT NULL)) AS f),
	asking AS MATERIALIZED (
		SELECT s.id, s.arn, s.class, s.codes, s.boundary, c.account_id, l.request, NULL::text AS outside,
			   iam_identity_caller(c.arn, c.unique_id, c.permissions_boundary IS NOT NULL, c.tags, l.caller) AS caller
		FROM combination AS s
		JOIN candidate AS c ON c.arn = s.arn
		JOIN unnest(v_places) AS l ON l.account_id = c.account_id
		UNION ALL
		SELECT n.id, NULL, NULL, '{}', 0, n.account_id, v_request, n.kind,
			   iam_account_caller(n.caller_name, n.any_principal, coalesce(n.canonical_id, o.canonical_user_id), o.organization_id,
								  o.organization_path, o.organization_known, o.in_management_account)
		FROM outsider AS n
		LEFT JOIN outside_account AS o ON o.account_id = n.account_id),
	applicable AS (
		/* the identity side exists, empty or unknown */
		SELECT a.id, 'identity'::iam_policy_kind AS kind, 0 AS level,
			   CASE WHEN a.outside IN ('account', 'any principal', 'user', 'role', 'session', 'federated user')
					THEN iam_policy_effect(NULL, 'identity', a.request, a.caller) END AS effect
		FROM asking AS a
		UNION ALL
		SELECT a.id, 'session', 0, iam_policy_effect(NULL, 'session', a.request, a.caller)
		FROM asking AS a
		WHERE a.outside = 'federated user'
		UNION ALL
		SELECT a.id, 'identity', 0,
			   CASE u.code WHEN c_allows THEN iam_policy_effect(v_allow, 'identity', a.request, a.caller)
						   WHEN c_denies THEN iam_policy_effect(v_deny, 'identity', a.request, a.caller)
						   ELSE iam_policy_effect(NULL, 'identity', a.request, a.caller) END
		FROM asking AS a
		CROSS JOIN LATERAL unnest(a.codes) AS u (code)
		WHERE u.code <= 0 AND u.code <> c_named
		UNION ALL
		SELECT a.id, 'identity', 0, d.effect
		FROM asking AS a
		CROSS JOIN LATERAL unnest(a.codes) AS u (code)
		JOIN unnest(v_documents) AS d ON d.code = u.code
		UNION ALL
		SELECT a.id, e.kind, e.level, e.effect
		FROM asking AS a
		JOIN own_effect AS e ON e.arn = a.arn
		UNION ALL
		SELECT a.id, 'boundary', 0, d.effect
		FROM asking AS a
		JOIN unnest(v_boundaries) AS d ON d.code = a.boundary
		UNION ALL
		SELECT a.id, v_asked.kind, 0,
			   CASE WHEN a.outside IS NULL THEN v_effect ELSE iam_policy_effect(v_asked.policy, v_asked.kind, a.request, a.caller) END
		FROM asking AS a
		WHERE v_asked.present AND (a.outside IS NOT NULL OR NOT v_graded)
		UNION ALL
		SELECT a.id, c.kind, c.level, c.effect
		FROM asking AS a
		JOIN unnest(v_controls) AS c ON c.class = a.class AND NOT c.individual
		UNION ALL
		SELECT a.id, 'scp', p.level, CASE WHEN p.present THEN iam_policy_effect(p.policy, 'scp', a.request, a.caller) END
		FROM asking AS a
		JOIN iam_organization_control_policies(ARRAY(SELECT o.account_id FROM outside_account AS o), 'SERVICE_CONTROL_POLICY') AS p
			ON p.account_id = a.account_id
		WHERE a.outside IS NOT NULL
		UNION ALL
		SELECT a.id, 'rcp', p.level, CASE WHEN p.present THEN iam_policy_effect(p.policy, 'rcp', a.request, a.caller) END
		FROM asking AS a
		CROSS JOIN iam_organization_control_policies(ARRAY[v_asked.account], 'RESOURCE_CONTROL_POLICY') AS p
		WHERE a.outside IS NOT NULL),
	decided AS MATERIALIZED (
		SELECT a.id, iam_decide(a.request, a.caller, p.kind, p.level, p.effect) AS decision,
			   iam_decide_conditions(a.request, a.caller, p.kind, p.level, p.effect) AS conditions
		FROM asking AS a
		JOIN applicable AS p ON p.id = a.id
		GROUP BY a.id)
	SELECT CASE WHEN NOT summarize THEN w.principal END, w.kind, w.account_id, w.decision, w.conditions, count(*)
	FROM (SELECT c.arn::text AS principal, c.kind, c.account_id, d.decision, d.conditions
		  FROM decided AS d
		  JOIN combination AS s ON s.id = d.id
		  JOIN distinguished AS c ON c.class = s.class AND c.kind = s.kind AND c.linked = s.linked AND c.codes = s.codes AND c.boundary = s.boundary
			  AND c.personal = s.personal
		  UNION ALL
		  SELECT n.principal, n.kind, n.account_id, d.decision, d.conditions
		  FROM decided AS d
		  JOIN outsider AS n ON n.id = d.id) AS w
	WHERE v_denied OR w.decision >= 'conditional'
	GROUP BY CASE WHEN NOT summarize THEN w.principal END, w.kind, w.account_id, w.decision, w.conditions;
END $$;
COMMENT ON FUNCTION iam_who_can_answers(text, text, json, text, boolean, boolean, boolean) IS 'Internal to iam_who_can and iam_who_can_summary: both answers';

CREATE FUNCTION iam_who_can(action text, resource text, context json DEFAULT '{}', resource_account text DEFAULT NULL,
							unknown_context boolean DEFAULT true, include_denied boolean DEFAULT false)
RETURNS TABLE (principal text, kind text, account_id text, decision iam_decision, conditions jsonb)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000 COST 100000
BEGIN ATOMIC
	SELECT a.principal, a.kind, a.account_id, a.decision, a.conditions
	FROM iam_who_can_answers(action, resource, context, resource_account, unknown_context, include_denied, false) AS a;
END;
COMMENT ON FUNCTION iam_who_can(text, text, json, text, boolean, boolean) IS 'Who can do something to a resource: users and roles in the tables, and accounts, services, providers and anybody else that the resource''s policy names; in no particular order';

CREATE FUNCTION iam_who_can_summary(action text, resource text, context json DEFAULT '{}', resource_account text DEFAULT NULL,
									unknown_context boolean DEFAULT true, include_denied boolean DEFAULT false)
RETURNS TABLE (account_id text, kind text, decision iam_decision, conditions jsonb, principals bigint)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000 COST 100000
BEGIN ATOMIC
	SELECT a.account_id, a.kind, a.decision, a.conditions, sum(a.principals)::bigint
	FROM iam_who_can_answers(action, resource, context, resource_account, unknown_context, include_denied, true) AS a
	GROUP BY a.account_id, a.kind, a.decision, a.conditions;
END;
COMMENT ON FUNCTION iam_who_can_summary(text, text, json, text, boolean, boolean) IS 'iam_who_can counted: how many principals of which account and kind can, and on which conditions';
