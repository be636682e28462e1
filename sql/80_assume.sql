/*
 * Who can assume a role (WHO-1..3, STS-2..5, STS-11..13), directly and in chains.
 *
 * Candidates come from what the trust policies name, all roles of a frontier in one
 * query; the identity side is evaluated only for those the trust policy lets
 * through.  Keys that only the request has (ExternalId, MFA, OIDC sub) end up in
 * the conditions.
 */

/* The stored role of an ARN, whatever its letter case. */
CREATE FUNCTION iam_resolve_role(role text) RETURNS iam_identity
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	v_role iam_identity;
	v_similar text;
BEGIN
	SELECT i.* INTO v_role
	FROM iam_identity AS i
	WHERE i.kind = 'role' AND i.account_id = substring(role FROM '^arn:[^:]*:iam::([0-9]{12}):role/')
		AND lower(i.name) = lower(regexp_replace(role, '^.*/', '')) AND lower(i.arn::text) = lower(role)
	LIMIT 1;
	IF NOT FOUND THEN
		SELECT i.arn::text INTO v_similar
		FROM iam_identity AS i
		WHERE i.kind = 'role' AND lower(i.name) = lower(regexp_replace(role, '^.*[:/]', ''))
		ORDER BY i.account_id = substring(role FROM '[0-9]{12}') DESC NULLS LAST, 1 LIMIT 1;
		RAISE EXCEPTION 'role "%" is not in the tables', left(role, 256)
			USING ERRCODE = 'undefined_object',
				  HINT = CASE WHEN v_similar IS NOT NULL THEN format('Did you mean "%s"?', v_similar)
							  ELSE 'Give the ARN of a role in iam_identity.' END;
	END IF;
	RETURN v_role;
END $$;
COMMENT ON FUNCTION iam_resolve_role(text) IS 'The stored role of an ARN; raises where there is none';

CREATE FUNCTION iam_assume_limits(max_hops integer, max_paths integer) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
BEGIN
	IF max_hops IS NULL OR max_hops NOT BETWEEN 1 AND 100 THEN
		RAISE EXCEPTION 'max_hops must be between 1 and 100'
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	IF max_paths IS NULL OR max_paths < 1 THEN
		RAISE EXCEPTION 'max_paths must be at least 1'
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
END $$;
COMMENT ON FUNCTION iam_assume_limits(integer, integer) IS 'Raises unless max_hops and max_paths make sense';

/* Principals that a trust policy names, one entry a row. */
CREATE FUNCTION iam_trust_entries(policy iam_policy)
RETURNS TABLE (type text, entry text)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 5
BEGIN ATOMIC
	SELECT DISTINCT coalesce(e.type, 'AWS'), e.entry
	FROM iam_policy_statements(policy) AS s
	CROSS JOIN LATERAL (
		SELECT NULL::text AS type, '*' AS entry
		WHERE s.not_principals IS NOT NULL OR jsonb_typeof(s.principals) = 'string'
		UNION ALL
		SELECT m.key, v.value
		FROM jsonb_each(CASE WHEN jsonb_typeof(s.principals) = 'object' THEN s.principals END) AS m
		CROSS JOIN LATERAL jsonb_array_elements_text(
			CASE jsonb_typeof(m.value) WHEN 'array' THEN m.value ELSE jsonb_build_array(m.value) END) AS v (value)) AS e
	WHERE s.effect = 'Allow';
END;
COMMENT ON FUNCTION iam_trust_entries(iam_policy) IS 'Principals that the Allow statements of a trust policy name';

/* Who can assume each of some roles in one step. */
CREATE FUNCTION iam_assume_step(roles arn[], context json, unknown_context boolean, include_denied boolean)
RETURNS TABLE (role_arn arn, principal text, kind text, account_id text, decision iam_decision, conditions jsonb)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 100
BEGIN ATOMIC
	WITH target AS MATERIALIZED (
		SELECT i.arn, i.account_id, t.policy AS trust,
			   q.request, saml.request AS saml_request, web.request AS web_request
		FROM unnest(roles) AS r (arn)
		JOIN iam_identity AS i ON i.arn = r.arn AND i.kind = 'role'
		LEFT JOIN iam_trust AS t ON t.account_id = i.account_id AND t.role_arn = i.arn
		CROSS JOIN LATERAL iam_resolve_resource('sts:AssumeRole', i.arn::text, context, NULL, unknown_context, NULL) AS q
		CROSS JOIN LATERAL iam_resolve_resource('sts:AssumeRoleWithSAML', i.arn::text, context, NULL, unknown_context, NULL) AS saml
		CROSS JOIN LATERAL iam_resolve_resource('sts:AssumeRoleWithWebIdentity', i.arn::text, context, NULL, unknown_context, NULL) AS web),
	entry AS MATERIALIZED (
		SELECT t.arn AS role_arn, t.account_id AS role_account, e.type, e.entry,
			   regexp_match(e.entry, '^arn:([^:*?]+):(?:iam|sts)::([0-9]{12}):(root|user|role|assumed-role|federated-user)(?:/([^*?[:space:][:cntrl:]]+))?$') AS form
		FROM target AS t CROSS JOIN LATERAL iam_trust_entries(t.trust) AS e),
	/* stored users and roles that an entry may reach */
	candidate AS MATERIALIZED (
		SELECT t.arn AS role_arn, i.account_id, i.arn
		FROM target AS t
		JOIN iam_identity AS i ON i.kind IN ('user', 'role')
		WHERE include_denied OR t.trust IS NULL
			OR EXISTS (SELECT FROM entry AS e WHERE e.role_arn = t.arn AND e.type = 'AWS' AND e.entry = '*')
		UNION
		SELECT e.role_arn, i.account_id, i.arn
		FROM entry AS e
		JOIN iam_identity AS i ON i.kind IN ('user', 'role')
			AND i.account_id = CASE WHEN e.entry ~ '^[0-9]{12}$' THEN e.entry WHEN e.form[3] = 'root' THEN e.form[2] END
		WHERE e.type = 'AWS'
		UNION
		SELECT e.role_arn, i.account_id, i.arn
		FROM entry AS e
		JOIN iam_identity AS i ON i.account_id = e.form[2] AND i.kind = e.form[3] AND i.arn = CASE WHEN e.form[4] IS NOT NULL THEN e.entry::arn END
		WHERE e.type = 'AWS' AND e.form[3] IN ('user', 'role')
		UNION
		SELECT e.role_arn, i.account_id, i.arn
		FROM entry AS e
		JOIN iam_identity AS i ON i.account_id = e.form[2] AND i.kind = 'role' AND lower(i.name) = lower(split_part(e.form[4], '/', 1))
		WHERE e.type = 'AWS' AND e.form[3] = 'assumed-role'
		UNION
		SELECT e.role_arn, i.account_id, i.arn
		FROM entry AS e
		JOIN iam_identity AS i ON i.unique_id = split_part(e.entry, ':', 1) AND i.kind IN ('user', 'role')
		WHERE e.type = 'AWS' AND e.entry ~ '^A[A-Z0-9]{3}'),
	/* everybody else the entries name; what a stored account does not have matches nobody */
	outsider AS MATERIALIZED (
		SELECT DISTINCT ON (o.role_arn, o.principal) o.*
		FROM (SELECT e.role_arn, e.entry AS principal, 'service' AS kind, NULL::text AS account_id, false AS any_principal
			  FROM entry AS e
			  WHERE e.type = 'Service'
			  UNION ALL
			  SELECT e.role_arn, e.entry, 'provider', substring(e.entry FROM '^arn:[^:]*:iam::([0-9]{12}):'), false
			  FROM entry AS e
			  WHERE e.type = 'Federated'
			  UNION ALL
			  SELECT e.role_arn, a.root, 'account', a.id, true
			  FROM entry AS e
			  CROSS JOIN LATERAL (SELECT CASE WHEN e.entry ~ '^[0-9]{12}$' THEN e.entry WHEN e.form[3] = 'root' THEN e.form[2] END) AS i (id)
			  CROSS JOIN LATERAL (SELECT i.id, format('arn:%s:iam::%s:root', coalesce(e.form[1], arn_partition(e.role_arn)), i.id)) AS a (id, root)
			  WHERE e.type = 'AWS' AND a.id IS NOT NULL
				  AND NOT EXISTS (SELECT FROM iam_identity AS s WHERE s.account_id = a.id)
			  UNION ALL
			  SELECT e.role_arn, e.entry, CASE e.form[3] WHEN 'assumed-role' THEN 'session' ELSE e.form[3] END, e.form[2], false
			  FROM entry AS e
			  WHERE e.type = 'AWS' AND e.form[4] IS NOT NULL
				  AND (e.form[3] IN ('user', 'role') OR e.form[3] = 'assumed-role' AND e.form[4] ~ '^[^/]+/[^/]+$')
				  AND NOT EXISTS (SELECT FROM iam_identity AS s WHERE s.account_id = e.form[2])
			  UNION ALL
			  SELECT e.role_arn, '*', 'any principal', NULL, true
			  FROM entry AS e
			  WHERE e.type = 'AWS' AND e.entry = '*') AS o
		WHERE o.principal = '*' OR iam_is_request_principal(o.principal)
		ORDER BY o.role_arn, o.principal, o.any_principal DESC),
	account AS MATERIALIZED (
		SELECT a.account_id, s.canonical_user_id, o.organization_id, o.organization_path, o.organization_known, o.in_management_account
		FROM (SELECT c.account_id FROM candidate AS c
			  UNION SELECT o.account_id FROM outsider AS o WHERE o.account_id IS NOT NULL) AS a
		LEFT JOIN iam_account AS s ON s.account_id = a.account_id
		CROSS JOIN LATERAL iam_account_organization(a.account_id) AS o),
	asking AS MATERIALIZED (
		SELECT c.role_arn, i.arn::text AS principal, i.kind, i.account_id, i.arn AS identity, t.request,
			   iam_caller(i.arn::text,
						  iam_identity_facts(i.unique_id, i.permissions_boundary IS NOT NULL, a.canonical_user_id, a.organization_id,
											 a.organization_path, a.organization_known, a.in_management_account),
						  i.tags::json) AS caller
		FROM candidate AS c
		JOIN iam_identity AS i ON i.account_id = c.account_id AND i.arn = c.arn
		JOIN account AS a ON a.account_id = c.account_id
		JOIN target AS t ON t.arn = c.role_arn
		WHERE iam_is_request_principal(i.arn::text)
		UNION ALL
		SELECT o.role_arn, o.principal, o.kind, o.account_id, NULL,
			   CASE WHEN o.kind <> 'provider' THEN t.request
					WHEN o.principal LIKE 'arn:%:saml-provider/%' THEN t.saml_request ELSE t.web_request END,
			   iam_caller(o.principal, json_strip_nulls(json_build_object('any_principal', o.any_principal,
					'canonical_id', a.canonical_user_id, 'organization_id', a.organization_id, 'organization_path', a.organization_path,
					'organization_known', a.organization_known, 'in_management_account', a.in_management_account)))
		FROM outsider AS o
		LEFT JOIN account AS a ON a.account_id = o.account_id
		JOIN target AS t ON t.arn = o.role_arn),
	/* the trust policy alone, with an identity side that may say anything */
	trusted AS MATERIALIZED (
		SELECT s.*, e.effect
		FROM asking AS s
		JOIN target AS t ON t.arn = s.role_arn
		CROSS JOIN LATERAL (SELECT iam_policy_effect(t.trust, 'trust', s.request, s.caller)) AS e (effect)
		WHERE include_denied
			OR (SELECT iam_decide(s.request, s.caller, v.kind, 0, v.effect)
				FROM (VALUES ('trust'::iam_policy_kind, e.effect),
							 ('identity', iam_policy_effect(NULL, 'identity', s.request, s.caller))) AS v (kind, effect)) >= 'conditional'),
	scp AS MATERIALIZED (
		SELECT a.account_id, p.level, p.policy, p.present
		FROM account AS a CROSS JOIN LATERAL iam_control_policies(a.account_id, 'SERVICE_CONTROL_POLICY') AS p),
	rcp AS MATERIALIZED (
		SELECT a.account_id, p.level, p.policy, p.present
		FROM (SELECT DISTINCT t.account_id FROM target AS t) AS a
		CROSS JOIN LATERAL iam_control_policies(a.account_id, 'RESOURCE_CONTROL_POLICY') AS p),
	applicable AS (
		SELECT s.role_arn, s.principal, 'trust'::iam_policy_kind AS kind, 0 AS level, s.effect
		FROM trusted AS s
		UNION ALL
		/* the identity side exists, empty or unknown */
		SELECT s.role_arn, s.principal, 'identity', 0,
			   CASE WHEN s.identity IS NULL THEN iam_policy_effect(NULL, 'identity', s.request, s.caller) END
		FROM trusted AS s
		UNION ALL
		SELECT s.role_arn, s.principal, CASE WHEN p.is_boundary THEN 'boundary' ELSE 'identity' END::iam_policy_kind, 0,
			   iam_policy_effect(p.policy, CASE WHEN p.is_boundary THEN 'boundary' ELSE 'identity' END::iam_policy_kind, s.request, s.caller)
		FROM trusted AS s
		JOIN iam_identity_policy AS p ON p.account_id = s.account_id AND p.identity_arn = s.identity
		WHERE p.is_boundary OR p.policy IS NULL OR iam_policy_may_match(p.policy, s.request)
		UNION ALL
		SELECT s.role_arn, s.principal, 'scp', p.level,
			   CASE WHEN p.present THEN iam_policy_effect(p.policy, 'scp', s.request, s.caller) END
		FROM trusted AS s
		JOIN scp AS p ON p.account_id = s.account_id
		WHERE s.kind <> 'provider'
		UNION ALL
		SELECT s.role_arn, s.principal, 'rcp', p.level,
			   CASE WHEN p.present THEN iam_policy_effect(p.policy, 'rcp', s.request, s.caller) END
		FROM trusted AS s
		JOIN target AS t ON t.arn = s.role_arn
		JOIN rcp AS p ON p.account_id = t.account_id),
	decided AS (
		SELECT s.role_arn, s.principal, min(s.kind) AS kind, min(s.account_id) AS account_id,
			   iam_decide(s.request, s.caller, a.kind, a.level, a.effect) AS decision,
			   iam_decide_conditions(s.request, s.caller, a.kind, a.level, a.effect) AS conditions
		FROM trusted AS s
		JOIN applicable AS a ON a.role_arn = s.role_arn AND a.principal = s.principal
		GROUP BY s.role_arn, s.principal)
	SELECT d.role_arn, d.principal, d.kind, d.account_id, d.decision, d.conditions
	FROM decided AS d
	WHERE include_denied OR d.decision >= 'conditional';
END;
COMMENT ON FUNCTION iam_assume_step(arn[], json, boolean, boolean) IS 'Who can assume each of some roles in one step: stored users and roles, and services, providers and foreign principals that the trust policies name';

CREATE TYPE iam_assume_path AS (
	principal text,
	kind text,
	account_id text,
	decision iam_decision,
	hops integer,
	path text[],
	conditions jsonb,
	crosses_account boolean
);
COMMENT ON TYPE iam_assume_path IS 'A way to a role: the principal it starts from and the roles it goes through';

CREATE FUNCTION iam_who_can_assume(role text, max_hops integer DEFAULT 1, context json DEFAULT '{}', unknown_context boolean DEFAULT true,
								   include_denied boolean DEFAULT false, max_paths integer DEFAULT 100)
RETURNS TABLE (principal text, kind text, account_id text, decision iam_decision, hops integer, path text[], conditions jsonb,
			   crosses_account boolean)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 100 COST 100000
SET search_path = pg_catalog, @extschema@, pg_temp
SET jit = off	/* compiling the step's query takes far longer than running it */
AS $$
#variable_conflict use_column
DECLARE
	v_role iam_identity;
	v_all iam_assume_path[] := '{}';	/* every path found */
	v_last iam_assume_path[];			/* those of the last step that lead on: from roles */
	v_next iam_assume_path[];
BEGIN
	IF role IS NULL THEN
		RETURN;
	END IF;
	PERFORM iam_assume_limits(max_hops, max_paths);
	v_role := iam_resolve_role(role);

	v_last := ARRAY[ROW(v_role.arn::text, 'role', v_role.account_id, 'allowed', 0, ARRAY[v_role.arn::text], NULL, false)::iam_assume_path];
	FOR v_hop IN 1 .. max_hops LOOP
		/* the shortest paths only: a principal that was reached before is not reached again */
		SELECT array_agg(ROW(n.principal, n.kind, n.account_id, n.decision, v_hop, n.path, n.conditions, n.crosses)::iam_assume_path
						 ORDER BY n.principal, n.path)
		INTO v_next
		FROM (SELECT s.principal, s.kind, s.account_id, least(s.decision, l.decision) AS decision, s.principal || l.path AS path,
					 CASE WHEN s.conditions IS NULL THEN l.conditions
						  WHEN l.conditions IS NULL THEN s.conditions
						  ELSE jsonb_build_object('all', jsonb_build_array(s.conditions, l.conditions)) END AS conditions,
					 l.crosses_account OR s.kind = 'any principal' OR coalesce(s.account_id <> l.account_id, false) AS crosses,
					 row_number() OVER (PARTITION BY s.principal, s.kind ORDER BY least(s.decision, l.decision) DESC, l.path) AS n
			  FROM iam_assume_step((SELECT array_agg(DISTINCT f.principal::arn) FROM unnest(v_last) AS f), iam_who_can_assume.context,
								   coalesce(iam_who_can_assume.unknown_context, true),
								   coalesce(iam_who_can_assume.include_denied, false) AND v_hop = 1) AS s
			  JOIN unnest(v_last) AS l ON l.principal = s.role_arn::text
			  WHERE v_hop = 1
				  OR s.principal <> v_role.arn::text
					 AND NOT EXISTS (SELECT FROM unnest(v_all) AS a
									 WHERE a.principal = s.principal AND a.kind = s.kind AND a.decision >= 'conditional')) AS n
		WHERE n.n <= max_paths;
		EXIT WHEN v_next IS NULL;
		v_all := v_all || v_next;
		SELECT array_agg(x) INTO v_last
		FROM unnest(v_next) AS x
		WHERE x.kind = 'role' AND x.decision >= 'conditional' AND x.principal <> v_role.arn::text
			AND EXISTS (SELECT FROM iam_identity AS i WHERE i.account_id = x.account_id AND i.arn = x.principal::arn);
		EXIT WHEN v_last IS NULL;
	END LOOP;

	/* a principal that is denied directly and gets there by a chain is not denied */
	RETURN QUERY
		SELECT x.principal, x.kind, x.account_id, x.decision, x.hops, x.path, x.conditions, x.crosses_account
		FROM unnest(v_all) AS x
		WHERE x.decision >= 'conditional'
			OR NOT EXISTS (SELECT FROM unnest(v_all) AS a
						   WHERE a.principal = x.principal AND a.kind = x.kind AND a.decision >= 'conditional')
		ORDER BY x.hops, x.principal COLLATE "C", x.decision DESC, x.path;
END $$;
COMMENT ON FUNCTION iam_who_can_assume(text, integer, json, boolean, boolean, integer) IS 'Who can assume a role, directly or through other roles: one row for each shortest path, at most max_paths for each principal; a path''s decision is the worst of its steps, its conditions are all of theirs';
