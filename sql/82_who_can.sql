/*
 * Who can do something (WHO-1, WHO-2, EVAL-5..11, XACC-1, XACC-2): set-based.
 *
 * Every stored document is evaluated once for the request, without a caller.  Only
 * what then is still unknown, and looks at the caller, is evaluated for each of
 * its holders.  Everybody else is decided once for each combination of account,
 * kind, what the documents come to, and boundary.
 */

/* Callers that are named outside the tables, made of what names them. */
CREATE FUNCTION iam_named_principals(type text, entry text, partition text, OUT principal text, OUT kind text, OUT account_id text,
									 OUT caller_name text, OUT any_principal boolean)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 2
BEGIN ATOMIC
	WITH parts AS (
		SELECT regexp_match(entry, '^arn:([^:*?]+):(?:iam|sts)::([0-9]{12}):(root|user|role|assumed-role|federated-user)(?:/([^*?[:space:][:cntrl:]]+))?$') AS form),
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

CREATE FUNCTION iam_who_can(action text, resource text, context json DEFAULT '{}', resource_account text DEFAULT NULL,
							unknown_context boolean DEFAULT true, include_denied boolean DEFAULT false)
RETURNS TABLE (principal text, kind text, account_id text, decision iam_decision, conditions jsonb)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1000 COST 100000
SET search_path = pg_catalog, @extschema@, pg_temp SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	v_action text := action;
	v_name text := resource;
	v_context json := context;
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
	v_everybody boolean;
	v_allow iam_policy := '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';
	v_deny iam_policy := '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}';
BEGIN
	IF v_action IS NULL OR v_name IS NULL THEN
		RETURN;
	END IF;
	IF iam_who_can.resource_account !~ '^[0-9]{12}$' THEN
		RAISE EXCEPTION 'invalid account id "%"', left(iam_who_can.resource_account, 64)
			USING ERRCODE = 'invalid_parameter_value', HINT = 'An account id has 12 digits.';
	END IF;
	SELECT * INTO v_asked
	FROM iam_resolve_resource(v_action, v_name, v_context, iam_who_can.resource_account, v_unknown, NULL);
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
		v_graded := true;
	END IF;
	/* some calls need no permission */
	v_everybody := v_denied OR lower(v_action) IN ('sts:getcalleridentity', 'sts:getsessiontoken');

	RETURN QUERY
	WITH place AS MATERIALIZED (
		SELECT a.account_id, CASE WHEN v_by_account THEN q.request ELSE v_request END AS request, s.canonical_user_id,
			   o.organization_id, o.organization_path, o.organization_known, o.in_management_account
		FROM (SELECT DISTINCT i.account_id FROM iam_identity AS i) AS a
		LEFT JOIN iam_account AS s ON s.account_id = a.account_id
		CROSS JOIN LATERAL iam_account_organization(a.account_id) AS o
		LEFT JOIN LATERAL iam_resolve_resource(v_action, v_name, v_context, NULL, v_unknown, a.account_id) AS q ON v_by_account),

	/* every document once: what it comes to for everybody */
	stored AS (
		SELECT p.account_id, p.arn, p.policy, l.request, NULL::arn AS identity_arn
		FROM iam_customer_policy AS p JOIN place AS l ON l.account_id = p.account_id
		UNION ALL
		SELECT l.account_id, p.arn, p.policy, l.request, NULL
		FROM iam_aws_policy AS p
		CROSS JOIN (SELECT l.account_id, l.request FROM place AS l WHERE v_by_account
					UNION ALL
					SELECT NULL, v_request WHERE NOT v_by_account) AS l
		UNION ALL
		SELECT p.account_id, NULL, p.policy, l.request, p.identity_arn
		FROM iam_inline_policy AS p JOIN place AS l ON l.account_id = p.account_id
		WHERE p.policy IS NULL OR iam_policy_may_match(p.policy, l.request)),
	document AS MATERIALIZED (
		SELECT row_number() OVER () AS id, e.*, iam_effect_allows(e.effect) AS allows, iam_effect_denies(e.effect) AS denies,
			   (iam_effect_allows(e.effect) IS NULL OR iam_effect_denies(e.effect) IS NULL)
			   AND coalesce(iam_policy_depends_on_caller(e.policy), false) AS individual
		FROM (SELECT s.account_id, s.arn, s.policy, s.identity_arn, iam_policy_effect(s.policy, 'identity', s.request, NULL) AS effect
			  FROM stored AS s OFFSET 0) AS e),

	/* from documents to holders; document 0 is one that is missing */
	holder AS (
		SELECT d.account_id, d.identity_arn, d.id, d.allows, d.denies, d.individual
		FROM document AS d
		WHERE d.identity_arn IS NOT NULL AND (d.allows OR d.denies) IS NOT FALSE
		UNION ALL
		SELECT a.account_id, a.identity_arn, coalesce(c.id, w.id, 0),
			   CASE WHEN c.id IS NOT NULL THEN c.allows ELSE w.allows END,
			   CASE WHEN c.id IS NOT NULL THEN c.denies ELSE w.denies END,
			   coalesce(c.individual, w.individual, false)
		FROM iam_attachment AS a
		LEFT JOIN document AS c ON c.account_id = a.account_id AND c.arn = a.policy_arn
		LEFT JOIN document AS w ON w.arn = a.policy_arn AND w.account_id IS NULL
		WHERE CASE WHEN c.id IS NOT NULL THEN c.allows OR c.denies ELSE w.allows OR w.denies END IS NOT FALSE),
	reached AS (
		SELECT h.account_id, h.identity_arn AS arn, h.id, h.allows, h.denies, h.individual
		FROM holder AS h
		UNION ALL
		SELECT m.account_id, m.user_arn, h.id, h.allows, h.denies, h.individual
		FROM holder AS h
		JOIN iam_group_member AS m ON m.account_id = h.account_id AND m.group_arn = h.identity_arn
		UNION ALL
		SELECT m.account_id, m.user_arn, 0, NULL, NULL, false
		FROM iam_group_member AS m
		WHERE NOT EXISTS (SELECT FROM iam_identity AS g WHERE g.account_id = m.account_id AND g.arn = m.group_arn)),
	held AS MATERIALIZED (
		SELECT r.account_id, r.arn, coalesce(bool_or(r.allows), false) AS allows, coalesce(bool_or(r.denies), false) AS denies,
			   bool_or(r.allows IS NOT FALSE) AS may_allow, bool_or(r.individual) AS individual,
			   array_agg(DISTINCT r.id) FILTER (WHERE r.allows IS NULL OR r.denies IS NULL) AS documents
		FROM reached AS r
		GROUP BY r.account_id, r.arn),
	boundary AS MATERIALIZED (
		SELECT row_number() OVER () AS id, e.*,
			   (iam_effect_allows(e.effect) IS NULL OR iam_effect_denies(e.effect) IS NULL)
			   AND coalesce(iam_policy_depends_on_caller(e.policy), false) AS individual
		FROM (SELECT b.account_id, b.arn, coalesce(c.policy, w.policy) AS policy,
					 iam_policy_effect(coalesce(c.policy, w.policy), 'boundary', l.request, NULL) AS effect
			  FROM (SELECT DISTINCT i.account_id, i.permissions_boundary AS arn
					FROM iam_identity AS i WHERE i.permissions_boundary IS NOT NULL) AS b
			  JOIN place AS l ON l.account_id = b.account_id
			  LEFT JOIN iam_customer_policy AS c ON c.account_id = b.account_id AND c.arn = b.arn
			  LEFT JOIN iam_aws_policy AS w ON w.arn = b.arn OFFSET 0) AS e),

	/* whom the resource's policy and grants name */
	entry AS MATERIALIZED (
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
		WHERE t.grantee ->> 'ID' IS NOT NULL OR t.grantee ->> 'URI' LIKE '%/groups/global/%'),
	named AS MATERIALIZED (
		SELECT n.*, CASE e.type WHEN 'CanonicalUser' THEN e.entry END AS canonical_id
		FROM entry AS e
		CROSS JOIN LATERAL iam_named_principals(e.type, e.entry, split_part(v_name, ':', 2)) AS n),
	mentioned AS (
		SELECT i.account_id, i.arn
		FROM named AS n
		JOIN iam_identity AS i ON i.account_id = n.account_id AND i.kind IN ('user', 'role')
			AND CASE n.kind WHEN 'session' THEN i.kind = 'role' AND lower(i.name) = lower(split_part(n.principal, '/', 2))
							WHEN 'user' THEN i.arn = n.principal::arn
							WHEN 'role' THEN i.arn = n.principal::arn END
		UNION
		SELECT i.account_id, i.arn
		FROM entry AS e
		JOIN iam_identity AS i ON i.unique_id = split_part(e.entry, ':', 1) AND i.kind IN ('user', 'role')
		WHERE e.type = 'AWS' AND e.entry ~ '^A[A-Z0-9]{3}'),

	/* documents above whole accounts */
	control AS MATERIALIZED (
		SELECT c.account_id, c.kind, c.level, c.policy, c.present, c.effect,
			   coalesce(iam_policy_depends_on_caller(c.policy), false)
			   AND (iam_effect_allows(c.effect) IS NULL OR iam_effect_denies(c.effect) IS NULL) AS individual
		FROM (SELECT l.account_id, 'scp'::iam_policy_kind AS kind, p.level, p.policy, p.present,
					 CASE WHEN p.present THEN iam_policy_effect(p.policy, 'scp', l.request, NULL) END AS effect
			  FROM place AS l CROSS JOIN LATERAL iam_control_policies(l.account_id, 'SERVICE_CONTROL_POLICY') AS p
			  UNION ALL
			  SELECT l.account_id, 'rcp', p.level, p.policy, p.present,
					 CASE WHEN p.present THEN iam_policy_effect(p.policy, 'rcp', l.request, NULL) END
			  FROM place AS l CROSS JOIN LATERAL iam_control_policies(l.account_id, 'RESOURCE_CONTROL_POLICY') AS p
			  WHERE v_by_account
			  UNION ALL
			  SELECT NULL, 'rcp', p.level, p.policy, p.present,
					 CASE WHEN p.present THEN iam_policy_effect(p.policy, 'rcp', v_request, NULL) END
			  FROM iam_control_policies(v_asked.account, 'RESOURCE_CONTROL_POLICY') AS p
			  WHERE NOT v_by_account OFFSET 0) AS c),
	outside_control AS MATERIALIZED (
		SELECT n.account_id, p.level, p.policy, p.present
		FROM (SELECT DISTINCT n.account_id FROM named AS n WHERE n.account_id IS NOT NULL) AS n
		CROSS JOIN LATERAL iam_control_policies(n.account_id, 'SERVICE_CONTROL_POLICY') AS p),

	/* who asks: stored users and roles, and what their decision depends on */
	candidate AS MATERIALIZED (
		SELECT i.account_id, i.arn, i.kind, arn_partition(i.arn) AS partition,
			   coalesce(h.allows, false) AS allows, coalesce(h.denies, false) AS denies, coalesce(h.documents, '{}') AS documents,
			   coalesce(b.id, 0) AS boundary,
			   CASE WHEN v_graded OR h.individual OR b.individual OR i.path LIKE '/aws-%' OR u.individual THEN i.arn::text ELSE '' END AS own
		FROM iam_identity AS i
		LEFT JOIN held AS h ON h.account_id = i.account_id AND h.arn = i.arn
		LEFT JOIN boundary AS b ON b.account_id = i.account_id AND b.arn = i.permissions_boundary
		JOIN (SELECT l.account_id,
					 EXISTS (SELECT FROM control AS c
							 WHERE c.individual AND (c.account_id = l.account_id OR c.account_id IS NULL)) AS individual
			  FROM place AS l) AS u ON u.account_id = i.account_id
		WHERE i.kind IN ('user', 'role')
			AND (v_everybody OR h.may_allow OR v_open AND (i.account_id = v_asked.account
															  OR i.account_id IN (SELECT n.account_id FROM named AS n WHERE n.kind = 'account'))
				 OR (i.account_id, i.arn) IN (SELECT m.account_id, m.arn FROM mentioned AS m))
			AND i.arn::text !~ '[*?[:space:][:cntrl:]]'),
	combination AS MATERIALIZED (
		SELECT row_number() OVER () AS id, c.*
		FROM (SELECT c.account_id, c.kind, c.partition, c.allows, c.denies, c.documents, c.boundary, c.own, min(c.arn::text)::arn AS arn
			  FROM candidate AS c
			  GROUP BY c.account_id, c.kind, c.partition, c.allows, c.denies, c.documents, c.boundary, c.own) AS c),
	/* everybody else who is named */
	outsider AS MATERIALIZED (
		SELECT -row_number() OVER () AS id, n.*
		FROM (SELECT DISTINCT n.principal, n.kind, n.account_id, n.caller_name, n.any_principal, n.canonical_id
			  FROM named AS n
			  WHERE n.kind NOT IN ('account', 'user', 'role', 'session')
				  OR n.account_id IS NOT NULL AND NOT EXISTS (SELECT FROM iam_identity AS i WHERE i.account_id = n.account_id)
				  OR n.canonical_id IS NOT NULL
					 AND NOT EXISTS (SELECT FROM iam_account AS a JOIN iam_identity AS i ON i.account_id = a.account_id
									 WHERE a.canonical_user_id = n.canonical_id)) AS n),
	asking AS MATERIALIZED (
		SELECT c.id, c.account_id, c.allows, c.denies, c.documents, c.boundary, l.request, NULL::text AS outside,
			   iam_caller(i.arn::text,
						  iam_identity_facts(i.unique_id, i.permissions_boundary IS NOT NULL, l.canonical_user_id, l.organization_id,
											 l.organization_path, l.organization_known, l.in_management_account),
						  i.tags::json) AS caller
		FROM combination AS c
		JOIN iam_identity AS i ON i.account_id = c.account_id AND i.arn = c.arn
		JOIN place AS l ON l.account_id = c.account_id
		UNION ALL
		SELECT n.id, n.account_id, false, false, '{}', 0, v_request, n.kind,
			   iam_caller(n.caller_name, json_strip_nulls(json_build_object(
					'any_principal', n.any_principal, 'canonical_id', coalesce(n.canonical_id, s.canonical_user_id),
					'organization_id', o.organization_id, 'organization_path', o.organization_path,
					'organization_known', o.organization_known, 'in_management_account', o.in_management_account)))
		FROM outsider AS n
		LEFT JOIN iam_account AS s ON s.account_id = n.account_id
		CROSS JOIN LATERAL iam_account_organization(n.account_id) AS o),
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
		/* what is the same for all holders, as one statement */
		SELECT a.id, 'identity', 0, iam_policy_effect(v_allow, 'identity', a.request, a.caller)
		FROM asking AS a
		WHERE a.allows
		UNION ALL
		SELECT a.id, 'identity', 0, iam_policy_effect(v_deny, 'identity', a.request, a.caller)
		FROM asking AS a
		WHERE a.denies
		UNION ALL
		SELECT a.id, 'identity', 0,
			   CASE WHEN d.individual THEN iam_policy_effect(d.policy, 'identity', a.request, a.caller)
					WHEN d.id IS NULL THEN iam_policy_effect(NULL, 'identity', a.request, a.caller)
					ELSE d.effect END
		FROM asking AS a
		CROSS JOIN LATERAL unnest(a.documents) AS u (id)
		LEFT JOIN document AS d ON d.id = u.id
		UNION ALL
		SELECT a.id, 'boundary', 0,
			   CASE WHEN b.individual THEN iam_policy_effect(b.policy, 'boundary', a.request, a.caller) ELSE b.effect END
		FROM asking AS a
		JOIN boundary AS b ON b.id = a.boundary
		UNION ALL
		SELECT a.id, v_asked.kind, 0,
			   CASE WHEN v_graded THEN iam_policy_effect(v_asked.policy, v_asked.kind, a.request, a.caller) ELSE v_effect END
		FROM asking AS a
		WHERE v_asked.present
		UNION ALL
		SELECT a.id, c.kind, c.level,
			   CASE WHEN c.individual OR a.outside IS NOT NULL AND c.present
					THEN iam_policy_effect(c.policy, c.kind, a.request, a.caller) ELSE c.effect END
		FROM asking AS a
		JOIN control AS c ON c.account_id = a.account_id AND a.outside IS NULL OR c.account_id IS NULL
		UNION ALL
		SELECT a.id, 'scp', p.level,
			   CASE WHEN p.present THEN iam_policy_effect(p.policy, 'scp', a.request, a.caller) END
		FROM asking AS a
		JOIN outside_control AS p ON p.account_id = a.account_id
		WHERE a.outside IS NOT NULL),
	decided AS MATERIALIZED (
		SELECT a.id, iam_decide(a.request, a.caller, p.kind, p.level, p.effect) AS decision,
			   iam_decide_conditions(a.request, a.caller, p.kind, p.level, p.effect) AS conditions
		FROM asking AS a
		JOIN applicable AS p ON p.id = a.id
		GROUP BY a.id)
	SELECT w.principal, w.kind, w.account_id, w.decision, w.conditions
	FROM (SELECT c.arn::text AS principal, c.kind, c.account_id, d.decision, d.conditions
		  FROM decided AS d
		  JOIN combination AS s ON s.id = d.id
		  JOIN candidate AS c ON c.account_id = s.account_id AND c.kind = s.kind AND c.partition = s.partition AND c.allows = s.allows
			  AND c.denies = s.denies AND c.documents = s.documents AND c.boundary = s.boundary AND c.own = s.own
		  WHERE v_denied OR d.decision >= 'conditional'
		  UNION ALL
		  SELECT n.principal, n.kind, n.account_id, d.decision, d.conditions
		  FROM decided AS d
		  JOIN outsider AS n ON n.id = d.id
		  WHERE v_denied OR d.decision >= 'conditional') AS w
	ORDER BY w.account_id COLLATE "C", w.principal COLLATE "C", w.kind COLLATE "C";
END $$;
COMMENT ON FUNCTION iam_who_can(text, text, json, text, boolean, boolean) IS 'Who can do something to a resource: users and roles in the tables, and accounts, services, providers and anybody else that the resource''s policy names';
