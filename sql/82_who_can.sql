/*
 * Who can do something (WHO-1, WHO-2, EVAL-5..11, XACC-1, XACC-2): set-based.
 *
 * Every stored document is evaluated once for the request, without a caller.  What
 * stays unknown because it looks at the caller is evaluated once for each account,
 * and for each holder only where that does not tell either.  Then it is known which
 * effects are on whom: iam_gather_holders counts the principals of each account and
 * kind with the same effects, and every such combination is decided once.  Accounts
 * with the same control policies above them are one class for that.
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

/*
 * What is attached and not stored is between two stored policies, in the order of
 * ARNs, or beyond the last ones: a look into the index for each stored policy,
 * whatever the number of attachments.
 */
CREATE FUNCTION iam_missing_policies() RETURNS SETOF arn
LANGUAGE sql STABLE PARALLEL SAFE ROWS 10
BEGIN ATOMIC
	WITH RECURSIVE stored AS MATERIALIZED (
		SELECT p.arn, lead(p.arn) OVER (ORDER BY p.arn) AS next
		FROM (SELECT w.arn FROM iam_aws_policy AS w
			  UNION ALL
			  SELECT c.arn FROM iam_customer_policy AS c) AS p),
	ends AS MATERIALIZED (
		SELECT (SELECT s.arn FROM stored AS s LIMIT 1) AS first, (SELECT s.arn FROM stored AS s WHERE s.next IS NULL) AS last),
	/* attached ones from the first on, and from the last stored one on, up to a stored one */
	beyond (arn) AS (
		SELECT a.policy_arn
		FROM ends AS e
		CROSS JOIN LATERAL ((SELECT a.policy_arn FROM iam_attachment AS a ORDER BY a.policy_arn LIMIT 1)
							UNION ALL
							(SELECT a.policy_arn FROM iam_attachment AS a WHERE a.policy_arn > e.last ORDER BY a.policy_arn LIMIT 1)) AS a
		UNION ALL
		SELECT n.policy_arn
		FROM beyond AS b
		CROSS JOIN ends AS e
		CROSS JOIN LATERAL (SELECT a.policy_arn FROM iam_attachment AS a WHERE a.policy_arn > b.arn ORDER BY a.policy_arn LIMIT 1) AS n
		WHERE (b.arn BETWEEN e.first AND e.last) IS NOT TRUE)
	SELECT DISTINCT a.policy_arn
	FROM stored AS s
	CROSS JOIN LATERAL (SELECT a.policy_arn FROM iam_attachment AS a WHERE a.policy_arn > s.arn AND a.policy_arn < s.next OFFSET 0) AS a
	UNION
	SELECT b.arn FROM beyond AS b CROSS JOIN ends AS e WHERE (b.arn BETWEEN e.first AND e.last) IS NOT TRUE;
END;
COMMENT ON FUNCTION iam_missing_policies() IS 'Managed policies that are attached to somebody and not stored';

/* An account whose principals are looked at. */
CREATE TYPE iam_who_can_place AS (
	account_id text,
	class integer,				/* accounts of one class are decided alike */
	request integer,			/* its number: most accounts have the same */
	caller iam_caller,			/* some principal of the account that is stored, whichever */
	individual boolean			/* some policy on all of them has to be evaluated for each */
);
COMMENT ON TYPE iam_who_can_place IS 'Internal to iam_who_can: an account whose principals are looked at';

/* A policy on a class of accounts: a control policy, an empty level, or the resource's policy. */
CREATE TYPE iam_who_can_control AS (
	class integer,
	kind iam_policy_kind,
	level integer,
	policy iam_policy,
	effect iam_effect,
	individual boolean			/* has to be evaluated for each principal */
);
COMMENT ON TYPE iam_who_can_control IS 'Internal to iam_who_can: a policy that applies to all principals of a class of accounts';

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
 * a count, for all principals of an account, kind, decision and conditions: who is
 * named and not stored is of an account of which nobody is stored.
 */
CREATE FUNCTION iam_who_can_answers(action text, resource text, context json, resource_account text, unknown_context boolean,
									include_denied boolean, summarize boolean)
RETURNS TABLE (principal text, kind text, account_id text, decision iam_decision, conditions jsonb, principals bigint)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1000 COST 100000
SET search_path = pg_catalog, @extschema@, pg_temp
SET jit = off
SET plan_cache_mode = force_custom_plan
SET enable_mergejoin = off	/* of lists it is not known how long they are: sorting both costs more than hashing one */
AS $$
#variable_conflict use_column
DECLARE
	v_name text := resource;
	v_unknown boolean := coalesce(unknown_context, true);
	v_denied boolean := coalesce(include_denied, false);
	v_account_field text := substring(resource FROM '^arn:[^:]*:[^:]*:[^:]*:([^:]*):');
	v_asked record;				/* what iam_resolve_resource says, for no caller in particular */
	v_request iam_request;
	v_by_account boolean;		/* the resource is in the caller's account, whichever that is */
	v_stored iam_resource;
	v_effect iam_effect;		/* of the resource's policy, without a caller */
	v_unreadable iam_effect;	/* of a document that is missing or could not be read */
	v_open boolean := false;	/* somebody who is not named may get in, in the owner's account */
	v_personal boolean := false;	/* grants or lists name callers: nobody is decided for somebody else */
	v_everybody boolean;
	v_all_accounts boolean;
	v_named iam_who_can_named[];
	v_unique_ids text[];
	v_mentioned arn[];			/* stored principals whom the resource names */

	v_accounts text[];			/* whose principals are looked at */
	v_partitions text[];		/* and of which partition they are; NULL: there are none */
	v_asked_accounts text[];	/* whose principals count even if no policy of theirs says anything */
	v_requests iam_request[];
	v_places iam_who_can_place[];
	v_controls iam_who_can_control[];
	v_each boolean;				/* some policy on an account has to be evaluated for each principal */

	/* what is the same for all its holders: managed policies, and boundaries */
	v_policies arn[];
	v_policy_effects iam_effect[];
	v_boundaries arn[];
	v_boundary_effects iam_effect[];
	/* what is not: inline policies, and policies that look at their holders */
	v_holders arn[];
	v_holder_kinds iam_policy_kind[];
	v_holder_effects iam_effect[];
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
		SELECT CASE WHEN n.name LIKE 'arn:%' OR n.name ~ '^([0-9]{12}|A[A-Z0-9]{15,})$' THEN 'AWS' ELSE 'Service' END, n.name
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
		SELECT array_agg(s.account_id), array_agg(s.partition) INTO v_accounts, v_partitions FROM iam_stored_accounts() AS s;
	ELSE
		v_accounts := ARRAY(
			SELECT v_asked.account
			UNION SELECT n.account_id FROM unnest(v_named) AS n WHERE n.account_id IS NOT NULL
			UNION SELECT i.account_id FROM iam_identity AS i WHERE i.unique_id = ANY (v_unique_ids));
		v_partitions := ARRAY(
			SELECT (SELECT arn_partition(i.arn) FROM iam_identity AS i WHERE i.account_id = n.id ORDER BY i.arn LIMIT 1)
			FROM unnest(v_accounts) AS n (id));
	END IF;
	v_asked_accounts := CASE WHEN v_everybody THEN v_accounts WHEN v_open THEN ARRAY(
		SELECT v_asked.account WHERE NOT v_by_account
		UNION SELECT n.account_id FROM unnest(v_named) AS n WHERE n.kind = 'account' AND n.account_id IS NOT NULL) END;

	/* accounts at one place in the organization, with the same policies of their own */
	WITH site AS MATERIALIZED (
		SELECT n.id AS account_id, n.partition, a.canonical_user_id, a.public_access_block,
			   dense_rank() OVER (ORDER BY a.organization_id, a.parent_id, m.management_account_id, t.policies) AS site
		FROM unnest(v_accounts, v_partitions) AS n (id, partition)
		LEFT JOIN iam_account AS a ON a.account_id = n.id
		LEFT JOIN (SELECT DISTINCT o.management_account_id FROM iam_organization AS o) AS m ON m.management_account_id = n.id
		LEFT JOIN (SELECT t.target_id, array_agg(t.policy_id ORDER BY t.policy_id) AS policies
				   FROM iam_control_policy_target AS t
				   WHERE t.target_id = ANY (v_accounts)
				   GROUP BY t.target_id) AS t ON t.target_id = n.id),
	model AS MATERIALIZED (
		SELECT s.site, min(s.account_id) AS account_id FROM site AS s GROUP BY s.site),
	fact AS MATERIALIZED (
		SELECT m.site, f.organization_id, f.organization_path, f.organization_known, f.in_management_account
		FROM iam_organization_facts(ARRAY(SELECT m.account_id FROM model AS m)) AS f
		JOIN model AS m ON m.account_id = f.account_id),
	/* as iam_resolve_resource would make it for a caller of the account */
	asked AS MATERIALIZED (
		SELECT row_number() OVER ()::integer AS number, s.site, s.public_access_block,
			   iam_resource_request(action, v_name, iam_who_can_answers.context, v_unknown, f.organization_id, f.organization_path,
									f.organization_known, f.in_management_account, s.public_access_block) AS request
		FROM (SELECT DISTINCT s.site, s.public_access_block FROM site AS s WHERE v_by_account) AS s
		JOIN fact AS f ON f.site = s.site),
	/*
	 * A caller whose canonical id is not known is named by none.  Somebody of an account
	 * whose own is not known may be: the callers here are stored ones.
	 */
	place AS MATERIALIZED (
		SELECT s.account_id, s.site, f.in_management_account, s.public_access_block, CASE WHEN v_by_account THEN q.number ELSE 1 END AS request,
			   iam_account_caller(format('arn:%s:iam::%s:root', coalesce(s.partition, 'aws'), s.account_id), true, coalesce(s.canonical_user_id, 'none'),
								  f.organization_id, f.organization_path, f.organization_known, f.in_management_account) AS caller
		FROM site AS s
		JOIN fact AS f ON f.site = s.site
		LEFT JOIN asked AS q ON q.site = s.site AND q.public_access_block IS NOT DISTINCT FROM s.public_access_block),
	applied AS (
		SELECT m.site, 'scp'::iam_policy_kind AS kind, p.level, p.name, p.policy, p.present
		FROM iam_organization_control_policies(ARRAY(SELECT m.account_id FROM model AS m), 'SERVICE_CONTROL_POLICY') AS p
		JOIN model AS m ON m.account_id = p.account_id
		UNION ALL
		SELECT m.site, 'rcp', p.level, p.name, p.policy, p.present
		FROM iam_organization_control_policies(ARRAY(SELECT m.account_id FROM model AS m WHERE v_by_account), 'RESOURCE_CONTROL_POLICY') AS p
		JOIN model AS m ON m.account_id = p.account_id
		UNION ALL
		SELECT m.site, 'rcp', p.level, p.name, p.policy, p.present
		FROM model AS m
		CROSS JOIN iam_organization_control_policies(ARRAY(SELECT v_asked.account WHERE NOT v_by_account), 'RESOURCE_CONTROL_POLICY') AS p
		UNION ALL
		SELECT m.site, v_asked.kind, 0, v_asked.name, v_asked.policy, true
		FROM model AS m
		WHERE v_asked.present),
	shared AS MATERIALIZED (
		SELECT a.site, a.kind, a.level, a.name, iam_policy_loaded(a.policy) AS policy, a.effect,
			   coalesce(iam_policy_depends_on_caller(a.policy), false) AND NOT iam_effect_is_definite(a.effect) AS looks,
			   iam_policy_names_principals(a.policy) AS names, iam_policy_caller_scope(a.policy) = 2 AS by_principal
		FROM (SELECT a.*, CASE WHEN a.present THEN iam_policy_effect(a.policy, a.kind, v_request, NULL) END AS effect
			  FROM applied AS a OFFSET 0) AS a),
	/* what looks at the caller may say the same to all of an account */
	looking AS MATERIALIZED (
		SELECT e.account_id, e.kind, e.level, e.name, e.policy, e.effect, (e.names OR e.by_principal) AND NOT iam_effect_is_definite(e.effect) AS individual
		FROM (SELECT l.account_id, s.kind, s.level, s.name, s.policy, s.names, s.by_principal,
					 CASE WHEN s.names OR s.by_principal AND NOT v_unknown THEN s.effect
						  ELSE iam_policy_effect(s.policy, s.kind, coalesce(q.request, v_request), l.caller) END AS effect
			  FROM shared AS s
			  JOIN place AS l ON l.site = s.site
			  LEFT JOIN asked AS q ON q.number = l.request
			  WHERE s.looks OFFSET 0) AS e),
	signed AS MATERIALIZED (
		SELECT l.account_id, l.site, coalesce(o.individual, false) AS individual,
			   dense_rank() OVER (ORDER BY s.signature COLLATE "C", o.signature COLLATE "C", l.in_management_account,
										   l.account_id = v_asked.account,
										   CASE WHEN v_by_account THEN l.public_access_block END) AS class
		FROM place AS l
		LEFT JOIN (SELECT s.site, string_agg(concat_ws(' ', s.kind, s.level, s.effect), ',' ORDER BY s.kind, s.level, s.effect::text) AS signature
				   FROM shared AS s
				   WHERE NOT s.looks
				   GROUP BY s.site) AS s ON s.site = l.site
		LEFT JOIN (SELECT o.account_id, bool_or(o.individual) AS individual,
						  string_agg(concat_ws(' ', o.kind, o.level, o.effect, CASE WHEN o.individual THEN o.policy::text END), ','
									 ORDER BY o.kind, o.level, o.effect::text, o.name) AS signature
				   FROM looking AS o
				   GROUP BY o.account_id) AS o ON o.account_id = l.account_id),
	class AS MATERIALIZED (
		SELECT DISTINCT ON (s.class) s.class, s.account_id, s.site FROM signed AS s ORDER BY s.class, s.account_id)
	SELECT CASE WHEN v_by_account THEN (SELECT array_agg(q.request ORDER BY q.number) FROM asked AS q) ELSE ARRAY[v_request] END,
		   (SELECT array_agg(ROW(l.account_id, s.class, l.request, l.caller, s.individual)::iam_who_can_place ORDER BY l.account_id)
			FROM place AS l JOIN signed AS s ON s.account_id = l.account_id),
		   (SELECT array_agg(c)
			FROM (SELECT ROW(r.class, s.kind, s.level, NULL, s.effect, false)::iam_who_can_control
				  FROM class AS r JOIN shared AS s ON s.site = r.site AND NOT s.looks
				  UNION ALL
				  SELECT ROW(r.class, o.kind, o.level, o.policy, o.effect, o.individual)::iam_who_can_control
				  FROM class AS r JOIN looking AS o ON o.account_id = r.account_id) AS c (c)),
		   v_personal OR (SELECT bool_or(s.individual) FROM signed AS s)
	INTO v_requests, v_places, v_controls, v_each;

	/* ---- documents: what each comes to, and for whom ---- */

	v_unreadable := iam_policy_effect(NULL, 'identity', v_request, NULL);

	WITH document AS MATERIALIZED (
		SELECT row_number() OVER () AS n, d.*, d.looks AND NOT iam_effect_is_definite(d.effect) AS individual
		FROM (SELECT d.*, iam_policy_effect(d.policy, d.kind, v_request, NULL) AS effect,
					 coalesce(iam_policy_depends_on_caller(d.policy), false) AS looks, iam_policy_caller_scope(d.policy) = 2 AS by_principal
			  FROM (SELECT 'identity'::iam_policy_kind AS kind, true AS managed, p.account_id, p.arn, iam_policy_loaded(p.policy) AS policy
					FROM iam_customer_policy AS p
					WHERE (v_all_accounts OR p.account_id = ANY (v_accounts)) AND p.policy @@ v_request
					UNION ALL
					SELECT 'identity', true, NULL, w.arn, iam_policy_loaded(w.policy)
					FROM iam_aws_policy AS w
					WHERE w.policy @@ v_request
					UNION ALL
					SELECT 'identity', false, p.account_id, p.identity_arn, iam_policy_loaded(p.policy)
					FROM iam_inline_policy AS p
					WHERE (v_all_accounts OR p.account_id = ANY (v_accounts)) AND p.policy @@ v_request
					UNION ALL
					SELECT 'boundary', true, NULL, b.arn, iam_policy_loaded(coalesce(c.policy, w.policy))
					FROM (SELECT iam_stored_boundaries() AS arn WHERE v_all_accounts
						  UNION ALL
						  SELECT DISTINCT i.permissions_boundary FROM iam_identity AS i
						  WHERE NOT v_all_accounts AND i.account_id = ANY (v_accounts) AND i.permissions_boundary IS NOT NULL) AS b
					LEFT JOIN LATERAL (SELECT c.policy FROM iam_customer_policy AS c
									   WHERE c.account_id = arn_account(b.arn) AND c.arn = b.arn OFFSET 0) AS c ON true
					LEFT JOIN iam_aws_policy AS w ON w.arn = b.arn
					OFFSET 0) AS d
			  OFFSET 0) AS d
		/* a boundary that allows it limits nobody */
		WHERE CASE d.kind WHEN 'boundary' THEN (iam_effect_allows(d.effect) AND NOT iam_effect_denies(d.effect)) IS NOT TRUE
						  ELSE (iam_effect_allows(d.effect) OR iam_effect_denies(d.effect)) IS NOT FALSE END),
	unreadable AS (
		SELECT p.arn FROM iam_customer_policy AS p WHERE (v_all_accounts OR p.account_id = ANY (v_accounts)) AND p.policy IS NULL
		UNION ALL
		SELECT w.arn FROM iam_aws_policy AS w WHERE w.policy IS NULL
		UNION ALL
		SELECT * FROM iam_missing_policies() WHERE v_all_accounts
		UNION ALL
		(SELECT DISTINCT a.policy_arn FROM iam_attachment AS a WHERE NOT v_all_accounts AND a.account_id = ANY (v_accounts)
		 EXCEPT (SELECT w.arn FROM iam_aws_policy AS w
				 UNION ALL SELECT p.arn FROM iam_customer_policy AS p WHERE NOT v_all_accounts AND p.account_id = ANY (v_accounts)))),
	/* users and roles to whom it matters who they are */
	holder AS MATERIALIZED (
		SELECT d.n, d.account_id, d.arn
		FROM document AS d
		WHERE d.individual AND NOT d.managed
		UNION ALL
		SELECT d.n, a.account_id, a.identity_arn
		FROM document AS d
		CROSS JOIN LATERAL (SELECT a.account_id, a.identity_arn FROM iam_attachment AS a
							WHERE a.policy_arn = d.arn AND (v_all_accounts OR a.account_id = ANY (v_accounts)) OFFSET 0) AS a
		WHERE d.individual AND d.managed AND d.kind = 'identity'
		UNION ALL
		SELECT d.n, i.account_id, i.arn
		FROM document AS d
		CROSS JOIN LATERAL (SELECT i.account_id, i.arn FROM iam_identity AS i
							WHERE i.permissions_boundary = d.arn AND (v_all_accounts OR i.account_id = ANY (v_accounts)) OFFSET 0) AS i
		WHERE d.individual AND d.kind = 'boundary'),
	asking AS MATERIALIZED (
		SELECT h.n, h.account_id, h.arn
		FROM holder AS h
		WHERE NOT starts_with(arn_resource(h.arn), 'group/')
		UNION ALL
		SELECT h.n, h.account_id, m.user_arn
		FROM holder AS h
		JOIN iam_group_member AS m ON m.account_id = h.account_id AND m.group_arn = h.arn
		WHERE starts_with(arn_resource(h.arn), 'group/')),
	/* it may say the same to all principals of an account; else what is not known of somebody would be taken to be absent */
	general AS MATERIALIZED (
		SELECT g.n, g.account_id, g.request, g.caller, g.effect, (NOT g.by_principal OR iam_effect_is_definite(g.effect)) IS TRUE AS settled
		FROM (SELECT a.n, a.account_id, q.request, l.caller, d.by_principal,
					 CASE WHEN v_unknown OR NOT d.by_principal THEN iam_policy_effect(d.policy, d.kind, q.request, l.caller) END AS effect
			  FROM (SELECT DISTINCT a.n, a.account_id FROM asking AS a) AS a
			  JOIN document AS d ON d.n = a.n
			  JOIN unnest(v_places) AS l ON l.account_id = a.account_id
			  JOIN unnest(v_requests) WITH ORDINALITY AS q (request, number) ON q.number = l.request OFFSET 0) AS g),
	answered AS (
		SELECT a.arn, d.kind, CASE WHEN g.settled THEN g.effect ELSE iam_policy_effect(d.policy, d.kind, g.request, i.caller) END AS effect
		FROM asking AS a
		JOIN general AS g ON g.n = a.n AND g.account_id = a.account_id
		JOIN document AS d ON d.n = a.n
		LEFT JOIN LATERAL (SELECT iam_identity_caller(i.arn, i.unique_id, i.permissions_boundary IS NOT NULL, i.tags, g.caller) AS caller
						   FROM iam_identity AS i
						   WHERE NOT g.settled AND i.account_id = a.account_id AND i.arn = a.arn OFFSET 0) AS i ON true
		UNION ALL
		SELECT d.arn, d.kind, d.effect
		FROM document AS d
		WHERE NOT d.individual AND NOT d.managed
		UNION ALL
		SELECT p.identity_arn, 'identity', v_unreadable
		FROM iam_inline_policy AS p
		WHERE (v_all_accounts OR p.account_id = ANY (v_accounts)) AND p.policy IS NULL),
	of_all AS (
		SELECT d.kind, d.arn, d.effect FROM document AS d WHERE d.managed AND NOT d.individual
		UNION ALL
		SELECT 'identity', u.arn, v_unreadable FROM unreadable AS u)
	SELECT p.arns, p.effects, b.arns, b.effects, h.arns, h.kinds, h.effects
	INTO v_policies, v_policy_effects, v_boundaries, v_boundary_effects, v_holders, v_holder_kinds, v_holder_effects
	FROM (SELECT array_agg(o.arn) FILTER (WHERE o.kind = 'identity') AS arns, array_agg(o.effect) FILTER (WHERE o.kind = 'identity') AS effects
		  FROM of_all AS o) AS p,
		 (SELECT array_agg(o.arn) AS arns, array_agg(o.effect) AS effects FROM of_all AS o WHERE o.kind = 'boundary') AS b,
		 (SELECT array_agg(a.arn) AS arns, array_agg(a.kind) AS kinds, array_agg(a.effect) AS effects FROM answered AS a) AS h;

	/* stored principals whom the resource names */
	v_mentioned := ARRAY(
		SELECT i.arn
		FROM unnest(v_named) AS n
		JOIN iam_identity AS i ON i.account_id = n.account_id AND i.kind IN ('user', 'role')
			AND CASE n.kind WHEN 'session' THEN i.kind = 'role' AND lower(i.name) = lower(split_part(n.principal, '/', 2))
							WHEN 'user' THEN i.arn = n.principal::arn
							WHEN 'role' THEN i.arn = n.principal::arn END
		UNION
		SELECT i.arn
		FROM iam_identity AS i
		WHERE i.unique_id = ANY (v_unique_ids) AND i.kind IN ('user', 'role'));

	/* ---- who holds what, and what that comes to ---- */

	RETURN QUERY
	WITH gathered AS MATERIALIZED (
		SELECT iam_gather_holders(h.principal, h.kind, h.effect, h.member_of, NOT summarize OR v_each) AS holders
		FROM (SELECT a.identity_arn AS principal, 'identity'::iam_policy_kind AS kind, p.effect, NULL::arn AS member_of
			  FROM unnest(v_policies, v_policy_effects) AS p (arn, effect)
			  CROSS JOIN LATERAL (SELECT a.identity_arn FROM iam_attachment AS a
								  WHERE a.policy_arn = p.arn AND (v_all_accounts OR a.account_id = ANY (v_accounts)) OFFSET 0) AS a
			  UNION ALL
			  SELECT i.arn, 'boundary', b.effect, NULL
			  FROM unnest(v_boundaries, v_boundary_effects) AS b (arn, effect)
			  CROSS JOIN LATERAL (SELECT i.arn FROM iam_identity AS i
								  WHERE i.permissions_boundary = b.arn AND (v_all_accounts OR i.account_id = ANY (v_accounts)) OFFSET 0) AS i
			  UNION ALL
			  SELECT h.arn, h.kind, h.effect, NULL
			  FROM unnest(v_holders, v_holder_kinds, v_holder_effects) AS h (arn, kind, effect)
			  UNION ALL
			  /* a group that is not stored may hold anything */
			  SELECT m.user_arn, CASE WHEN g.arn IS NULL THEN 'identity'::iam_policy_kind END, CASE WHEN g.arn IS NULL THEN v_unreadable END, m.group_arn
			  FROM iam_group_member AS m
			  LEFT JOIN iam_identity AS g ON g.kind = 'group' AND g.account_id = m.account_id AND g.arn = m.group_arn
			  WHERE v_all_accounts OR m.account_id = ANY (v_accounts)
			  UNION ALL
			  SELECT i.arn, NULL, NULL, NULL
			  FROM iam_identity AS i
			  WHERE i.account_id = ANY (v_asked_accounts) AND i.kind <> 'group'
			  UNION ALL
			  SELECT m.arn, NULL, NULL, NULL
			  FROM unnest(v_mentioned) AS m (arn)) AS h),
	held AS MATERIALIZED (
		SELECT h.combination, h.account_id, h.profile, h.principals, l.class, v_personal OR l.individual AS individual
		FROM gathered AS g
		CROSS JOIN LATERAL iam_held_combinations(g.holders) AS h
		JOIN unnest(v_places) AS l ON l.account_id = h.account_id),
	profile AS MATERIALIZED (
		SELECT p.profile, p.partition, p.kind, p.service_linked, p.effects
		FROM gathered AS g
		CROSS JOIN LATERAL iam_held_profiles(g.holders) AS p),
	held_effect AS MATERIALIZED (
		SELECT e.effects, e.kind, e.effect
		FROM gathered AS g
		CROSS JOIN LATERAL iam_held_effects(g.holders) AS e),
	/* principals of accounts that some policy looks at one by one */
	single AS MATERIALIZED (
		SELECT h.combination, h.account_id, h.class, h.profile, p.principal AS arn, l.request, i.caller
		FROM gathered AS g
		CROSS JOIN LATERAL iam_held_principals(g.holders) AS p
		JOIN held AS h ON h.combination = p.combination AND h.individual
		JOIN unnest(v_places) AS l ON l.account_id = h.account_id
		CROSS JOIN LATERAL (SELECT iam_identity_caller(i.arn, i.unique_id, i.permissions_boundary IS NOT NULL, i.tags, l.caller) AS caller
							FROM iam_identity AS i
							WHERE i.account_id = h.account_id AND i.arn = p.principal OFFSET 0) AS i
		WHERE v_each),
	/* what these policies say to each */
	own AS MATERIALIZED (
		SELECT e.arn, array_agg(e.kind ORDER BY e.n) AS kinds, array_agg(e.level ORDER BY e.n) AS levels, array_agg(e.effect ORDER BY e.n) AS effects,
			   string_agg(concat_ws(' ', e.kind, e.level, e.effect), ' ' ORDER BY e.kind, e.level, e.effect::text) AS signature
		FROM (SELECT s.arn, t.n, t.kind, t.level, iam_policy_effect(t.policy, t.kind, q.request, s.caller) AS effect
			  FROM single AS s
			  JOIN unnest(v_controls) WITH ORDINALITY AS t (class, kind, level, policy, effect, individual, n) ON t.class = s.class AND t.individual
			  JOIN unnest(v_requests) WITH ORDINALITY AS q (request, number) ON q.number = s.request OFFSET 0) AS e
		GROUP BY e.arn),
	/* those to whom all of them say the same are decided together, unless they are named */
	subject AS MATERIALIZED (
		SELECT h.combination, h.account_id, h.class, h.profile, '' AS own, NULL::arn AS arn, h.principals
		FROM held AS h
		WHERE NOT h.individual
		UNION ALL
		SELECT s.combination, s.account_id, s.class, s.profile, CASE WHEN v_personal THEN s.arn::text ELSE coalesce(o.signature, '') END, s.arn, 1
		FROM single AS s
		LEFT JOIN own AS o ON o.arn = s.arn
		WHERE v_each),
	class AS (
		SELECT DISTINCT ON (l.class) l.class, l.account_id, l.request, l.caller
		FROM unnest(v_places) AS l
		ORDER BY l.class, l.account_id),
	asking AS MATERIALIZED (
		SELECT k.class, k.profile, k.own, k.arn, p.kind AS principal_kind, p.effects, c.request,
			   /* who is not single stands for all: nothing that is still open looks at more than kind, path and account */
			   coalesce(s.caller, iam_identity_caller(format('arn:%s:iam::%s:%s/any', p.partition, c.account_id,
															 CASE WHEN p.service_linked THEN 'role/aws-service-role' ELSE p.kind END)::arn,
													  NULL, false, NULL, c.caller)) AS caller
		FROM (SELECT s.class, s.profile, s.own, min(s.arn::text)::arn AS arn
			  FROM subject AS s
			  GROUP BY s.class, s.profile, s.own) AS k
		JOIN profile AS p ON p.profile = k.profile
		JOIN class AS c ON c.class = k.class
		LEFT JOIN single AS s ON s.arn = k.arn),
	applicable AS (
		/* the identity side exists, and may be empty */
		SELECT a.*, 'identity'::iam_policy_kind AS kind, 0 AS level, NULL::iam_effect AS effect
		FROM asking AS a
		UNION ALL
		SELECT a.*, e.kind, 0, e.effect
		FROM asking AS a JOIN held_effect AS e ON e.effects = a.effects
		UNION ALL
		SELECT a.*, c.kind, c.level, c.effect
		FROM asking AS a JOIN unnest(v_controls) AS c ON c.class = a.class AND NOT c.individual
		UNION ALL
		SELECT a.*, u.kind, u.level, u.effect
		FROM asking AS a JOIN own AS o ON o.arn = a.arn CROSS JOIN LATERAL unnest(o.kinds, o.levels, o.effects) AS u (kind, level, effect)),
	decided AS MATERIALIZED (
		SELECT p.class, p.profile, p.own, p.principal_kind AS kind, iam_decide(q.request, p.caller, p.kind, p.level, p.effect) AS decision,
			   iam_decide_conditions(q.request, p.caller, p.kind, p.level, p.effect) AS conditions
		FROM applicable AS p
		JOIN unnest(v_requests) WITH ORDINALITY AS q (request, number) ON q.number = p.request
		GROUP BY p.class, p.profile, p.own, p.principal_kind),
	answer AS MATERIALIZED (
		SELECT s.combination, s.arn, s.account_id, d.kind, s.principals, d.decision, d.conditions
		FROM subject AS s
		JOIN decided AS d ON d.class = s.class AND d.profile = s.profile AND d.own = s.own
		WHERE v_denied OR d.decision >= 'conditional')
	SELECT NULL::text, a.kind, a.account_id, a.decision, a.conditions, sum(a.principals)::bigint
	FROM answer AS a
	WHERE summarize
	GROUP BY a.kind, a.account_id, a.decision, a.conditions
	UNION ALL
	SELECT p.principal::text, a.kind, a.account_id, a.decision, a.conditions, 1
	FROM gathered AS g
	CROSS JOIN LATERAL iam_held_principals(g.holders) AS p
	JOIN answer AS a ON a.combination = p.combination AND a.arn IS NULL
	WHERE NOT summarize
	UNION ALL
	SELECT a.arn::text, a.kind, a.account_id, a.decision, a.conditions, 1
	FROM answer AS a
	WHERE NOT summarize AND a.arn IS NOT NULL;

	/* ---- and for everybody else who is named ---- */

	IF v_named IS NOT NULL THEN
		RETURN QUERY
		WITH outsider AS MATERIALIZED (
			SELECT row_number() OVER () AS id, n.*
			FROM (SELECT DISTINCT n.principal, n.kind, n.account_id, n.caller_name, n.any_principal, n.canonical_id
				  FROM unnest(v_named) AS n
				  WHERE n.kind NOT IN ('account', 'user', 'role', 'session')
					  OR n.account_id IS NOT NULL AND NOT EXISTS (SELECT FROM iam_identity AS i WHERE i.account_id = n.account_id)
					  OR n.canonical_id IS NOT NULL
						 AND NOT EXISTS (SELECT FROM iam_account AS a JOIN iam_identity AS i ON i.account_id = a.account_id
										 WHERE a.canonical_user_id = n.canonical_id)) AS n),
		account AS MATERIALIZED (
			SELECT f.* FROM iam_organization_facts(ARRAY(SELECT DISTINCT o.account_id FROM outsider AS o WHERE o.account_id IS NOT NULL)) AS f),
		asking AS MATERIALIZED (
			SELECT n.id, n.account_id, n.kind,
				   iam_account_caller(n.caller_name, n.any_principal, coalesce(n.canonical_id, o.canonical_user_id), o.organization_id,
									  o.organization_path, o.organization_known, o.in_management_account) AS caller
			FROM outsider AS n
			LEFT JOIN account AS o ON o.account_id = n.account_id),
		applicable AS (
			/* the identity side exists, empty or unknown */
			SELECT a.id, 'identity'::iam_policy_kind AS kind, 0 AS level,
				   CASE WHEN a.kind IN ('account', 'any principal', 'user', 'role', 'session', 'federated user') THEN v_unreadable END AS effect
			FROM asking AS a
			UNION ALL
			SELECT a.id, 'session', 0, iam_policy_effect(NULL, 'session', v_request, a.caller)
			FROM asking AS a
			WHERE a.kind = 'federated user'
			UNION ALL
			SELECT a.id, v_asked.kind, 0, iam_policy_effect(v_asked.policy, v_asked.kind, v_request, a.caller)
			FROM asking AS a
			WHERE v_asked.present
			UNION ALL
			SELECT a.id, 'scp', p.level, CASE WHEN p.present THEN iam_policy_effect(p.policy, 'scp', v_request, a.caller) END
			FROM asking AS a
			JOIN iam_organization_control_policies(ARRAY(SELECT o.account_id FROM account AS o), 'SERVICE_CONTROL_POLICY') AS p
				ON p.account_id = a.account_id
			UNION ALL
			SELECT a.id, 'rcp', p.level, CASE WHEN p.present THEN iam_policy_effect(p.policy, 'rcp', v_request, a.caller) END
			FROM asking AS a
			CROSS JOIN iam_organization_control_policies(ARRAY[v_asked.account], 'RESOURCE_CONTROL_POLICY') AS p),
		decided AS MATERIALIZED (
			SELECT a.id, iam_decide(v_request, a.caller, p.kind, p.level, p.effect) AS decision,
				   iam_decide_conditions(v_request, a.caller, p.kind, p.level, p.effect) AS conditions
			FROM asking AS a
			JOIN applicable AS p ON p.id = a.id
			GROUP BY a.id)
		SELECT CASE WHEN NOT summarize THEN n.principal END, n.kind, n.account_id, d.decision, d.conditions, count(*)
		FROM decided AS d
		JOIN outsider AS n ON n.id = d.id
		WHERE v_denied OR d.decision >= 'conditional'
		GROUP BY CASE WHEN NOT summarize THEN n.principal END, n.kind, n.account_id, d.decision, d.conditions;
	END IF;
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
	SELECT a.account_id, a.kind, a.decision, a.conditions, a.principals
	FROM iam_who_can_answers(action, resource, context, resource_account, unknown_context, include_denied, true) AS a;
END;
COMMENT ON FUNCTION iam_who_can_summary(text, text, json, text, boolean, boolean) IS 'iam_who_can counted: how many principals of which account and kind can, and on which conditions';
