/*
 * Which roles a principal can assume, and by which paths (WHO-1, WHO-3, STS-2..5).
 *
 * Forward from the principal, a frontier of callers at a time: the trust policies
 * are first asked about the callers alone, and only the pairs they may let through
 * are evaluated whole.
 */

/* Which roles each of some principals can assume in one step. */
CREATE FUNCTION iam_assume_reach(principals text[], context json, unknown_context boolean, include_denied boolean)
RETURNS TABLE (principal text, principal_account text, role text, account_id text, decision iam_decision, conditions jsonb)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 100
BEGIN ATOMIC
	WITH asking AS MATERIALIZED (
		SELECT p.principal, c.caller, c.account, c.identity, c.identity_known, c.session_unknown,
			   CASE WHEN p.principal LIKE 'arn:%:saml-provider/%' THEN 'sts:AssumeRoleWithSAML'
					WHEN p.principal LIKE 'arn:%:oidc-provider/%'
						OR p.principal IN ('cognito-identity.amazonaws.com', 'www.amazon.com', 'graph.facebook.com', 'accounts.google.com')
					THEN 'sts:AssumeRoleWithWebIdentity'
					ELSE 'sts:AssumeRole' END AS action
		FROM (SELECT DISTINCT u.principal FROM unnest(principals) AS u (principal)) AS p
		CROSS JOIN LATERAL iam_resolve_caller(p.principal) AS c),
	/* some role of each account, for a first look */
	look AS MATERIALIZED (
		SELECT a.account_id, s.action,
			   iam_request(s.action, 'arn:*:iam::' || a.account_id || ':role/*', context, a.account_id, true) AS request
		FROM (SELECT DISTINCT i.account_id FROM iam_identity AS i WHERE i.kind = 'role') AS a
		CROSS JOIN (SELECT DISTINCT s.action FROM asking AS s) AS s),
	pair AS MATERIALIZED (
		SELECT s.principal, s.action, i.account_id, i.arn AS role_arn, t.policy AS trust
		FROM asking AS s
		JOIN look AS l ON l.action = s.action
		JOIN iam_identity AS i ON i.account_id = l.account_id AND i.kind = 'role'
		LEFT JOIN iam_trust AS t ON t.account_id = i.account_id AND t.role_arn = i.arn
		WHERE i.arn::text !~ '[*?[:space:][:cntrl:]]'
			AND (include_denied OR t.policy IS NULL
				 OR iam_effect_allows(iam_policy_effect(t.policy, 'trust', l.request, s.caller)) IS NOT FALSE)),
	target AS MATERIALIZED (
		SELECT p.role_arn, p.action, q.request
		FROM (SELECT DISTINCT p.role_arn, p.action FROM pair AS p) AS p
		CROSS JOIN LATERAL iam_resolve_resource(p.action, p.role_arn::text, context, NULL, unknown_context, NULL) AS q),
	/* the trust policy alone, with an identity side that may say anything */
	trusted AS MATERIALIZED (
		SELECT p.principal, p.account_id, p.role_arn, t.request, s.caller, s.account, s.identity, s.identity_known, s.session_unknown,
			   e.effect
		FROM pair AS p
		JOIN asking AS s ON s.principal = p.principal
		JOIN target AS t ON t.role_arn = p.role_arn AND t.action = p.action
		CROSS JOIN LATERAL (SELECT iam_policy_effect(p.trust, 'trust', t.request, s.caller)) AS e (effect)
		WHERE include_denied
			OR (SELECT iam_decide(t.request, s.caller, v.kind, 0, v.effect)
				FROM (VALUES ('trust'::iam_policy_kind, e.effect),
							 ('identity', iam_policy_effect(NULL, 'identity', t.request, s.caller))) AS v (kind, effect)) >= 'conditional'),
	scp AS MATERIALIZED (
		SELECT a.account, p.level, p.policy, p.present
		FROM (SELECT DISTINCT s.account FROM asking AS s WHERE s.account IS NOT NULL) AS a
		CROSS JOIN LATERAL iam_control_policies(a.account, 'SERVICE_CONTROL_POLICY') AS p),
	rcp AS MATERIALIZED (
		SELECT a.account_id, p.level, p.policy, p.present
		FROM (SELECT DISTINCT t.account_id FROM trusted AS t) AS a
		CROSS JOIN LATERAL iam_control_policies(a.account_id, 'RESOURCE_CONTROL_POLICY') AS p),
	applicable AS (
		SELECT t.principal, t.role_arn, 'trust'::iam_policy_kind AS kind, 0 AS level, t.effect
		FROM trusted AS t
		UNION ALL
		/* the identity side exists, empty or unknown */
		SELECT t.principal, t.role_arn, 'identity', 0,
			   CASE WHEN NOT t.identity_known THEN iam_policy_effect(NULL, 'identity', t.request, t.caller) END
		FROM trusted AS t
		UNION ALL
		SELECT t.principal, t.role_arn, 'session', 0, iam_policy_effect(NULL, 'session', t.request, t.caller)
		FROM trusted AS t
		WHERE t.session_unknown
		UNION ALL
		SELECT t.principal, t.role_arn, CASE WHEN p.is_boundary THEN 'boundary' ELSE 'identity' END::iam_policy_kind, 0,
			   iam_policy_effect(p.policy, CASE WHEN p.is_boundary THEN 'boundary' ELSE 'identity' END::iam_policy_kind, t.request, t.caller)
		FROM trusted AS t
		JOIN iam_identity_policy AS p ON p.account_id = t.account AND p.identity_arn = t.identity
		WHERE p.is_boundary OR p.policy IS NULL OR iam_policy_may_match(p.policy, t.request)
		UNION ALL
		SELECT t.principal, t.role_arn, 'scp', p.level,
			   CASE WHEN p.present THEN iam_policy_effect(p.policy, 'scp', t.request, t.caller) END
		FROM trusted AS t
		JOIN scp AS p ON p.account = t.account
		UNION ALL
		SELECT t.principal, t.role_arn, 'rcp', p.level,
			   CASE WHEN p.present THEN iam_policy_effect(p.policy, 'rcp', t.request, t.caller) END
		FROM trusted AS t
		JOIN rcp AS p ON p.account_id = t.account_id),
	decided AS (
		SELECT t.principal, t.role_arn, min(t.account) AS account, min(t.account_id) AS account_id,
			   iam_decide(t.request, t.caller, a.kind, a.level, a.effect) AS decision,
			   iam_decide_conditions(t.request, t.caller, a.kind, a.level, a.effect) AS conditions
		FROM trusted AS t
		JOIN applicable AS a ON a.role_arn = t.role_arn AND a.principal = t.principal
		GROUP BY t.principal, t.role_arn)
	SELECT d.principal, d.account, d.role_arn::text, d.account_id, d.decision, d.conditions
	FROM decided AS d
	WHERE include_denied OR d.decision >= 'conditional';
END;
COMMENT ON FUNCTION iam_assume_reach(text[], json, boolean, boolean) IS 'Which stored roles each of some principals can assume in one step';

CREATE TYPE iam_assume_walk AS (
	role text,
	account_id text,
	decision iam_decision,
	hops integer,
	path text[],
	steps jsonb,
	conditions jsonb,
	crosses_account boolean
);
COMMENT ON TYPE iam_assume_walk IS 'A way from a principal to a role: the roles it goes through and every step''s verdict';

CREATE FUNCTION iam_assume_walk(source text, target text, max_hops integer, context json, unknown_context boolean,
								include_denied boolean, max_paths integer)
RETURNS SETOF iam_assume_walk
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 100 COST 100000
SET search_path = pg_catalog, @extschema@, pg_temp SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	v_source record;
	v_found iam_assume_walk[] := '{}';	/* every path found */
	v_last iam_assume_walk[];			/* those of the last step, which lead on */
	v_next iam_assume_walk[];
BEGIN
	IF source IS NULL THEN
		RETURN;
	END IF;
	PERFORM iam_assume_limits(max_hops, max_paths);
	SELECT c.identity::text AS identity, c.account INTO v_source FROM iam_resolve_caller(source) AS c;

	v_last := ARRAY[ROW(source, v_source.account, 'allowed', 0, ARRAY[source], '[]', NULL, false)::iam_assume_walk];
	FOR v_hop IN 1 .. max_hops LOOP
		/* the shortest paths only: a role that was reached before is not reached again */
		SELECT array_agg(ROW(n.role, n.account_id, n.decision, v_hop, n.path, n.steps, n.conditions, n.crosses)::iam_assume_walk
						 ORDER BY n.role, n.path)
		INTO v_next
		FROM (SELECT r.role, r.account_id, least(r.decision, l.decision) AS decision, l.path || r.role AS path,
					 l.steps || jsonb_build_array(jsonb_strip_nulls(jsonb_build_object(
						'principal', r.principal, 'role', r.role, 'decision', r.decision, 'conditions', r.conditions))) AS steps,
					 CASE WHEN r.conditions IS NULL THEN l.conditions
						  WHEN l.conditions IS NULL THEN r.conditions
						  ELSE jsonb_build_object('all', jsonb_build_array(l.conditions, r.conditions)) END AS conditions,
					 l.crosses_account OR coalesce(r.principal_account <> r.account_id, false) AS crosses,
					 row_number() OVER (PARTITION BY r.role ORDER BY least(r.decision, l.decision) DESC, l.path) AS n
			  FROM iam_assume_reach((SELECT array_agg(DISTINCT f.role) FROM unnest(v_last) AS f), iam_assume_walk.context,
									coalesce(iam_assume_walk.unknown_context, true),
									coalesce(iam_assume_walk.include_denied, false) AND v_hop = 1) AS r
			  JOIN unnest(v_last) AS l ON l.role = r.principal
			  WHERE v_hop = 1
				  OR r.role IS DISTINCT FROM v_source.identity
					 AND NOT EXISTS (SELECT FROM unnest(v_found) AS f WHERE f.role = r.role AND f.decision >= 'conditional')) AS n
		WHERE n.n <= max_paths;
		EXIT WHEN v_next IS NULL;
		v_found := v_found || v_next;
		EXIT WHEN EXISTS (SELECT FROM unnest(v_next) AS x WHERE x.role = target AND x.decision >= 'conditional');
		SELECT array_agg(x) INTO v_last
		FROM unnest(v_next) AS x
		WHERE x.decision >= 'conditional' AND x.role IS DISTINCT FROM v_source.identity;
		EXIT WHEN v_last IS NULL;
	END LOOP;

	/* a role that is denied directly and reached by a chain is not denied */
	RETURN QUERY
		SELECT x.*
		FROM unnest(v_found) AS x
		WHERE (target IS NULL OR x.role = target)
			AND (x.decision >= 'conditional'
				 OR NOT EXISTS (SELECT FROM unnest(v_found) AS f WHERE f.role = x.role AND f.decision >= 'conditional'))
		ORDER BY x.hops, x.role COLLATE "C", x.decision DESC, x.path;
END $$;
COMMENT ON FUNCTION iam_assume_walk(text, text, integer, json, boolean, boolean, integer) IS 'All shortest ways from a principal to roles, or to one role; the walk stops at the step that reaches it';

CREATE FUNCTION iam_assumable_roles(principal text, max_hops integer DEFAULT 1, context json DEFAULT '{}', unknown_context boolean DEFAULT true,
									include_denied boolean DEFAULT false, max_paths integer DEFAULT 100)
RETURNS TABLE (role text, account_id text, decision iam_decision, hops integer, path text[], conditions jsonb, crosses_account boolean)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 100 COST 100000
BEGIN ATOMIC
	SELECT w.role, w.account_id, w.decision, w.hops, w.path, w.conditions, w.crosses_account
	FROM iam_assume_walk(principal, NULL, max_hops, context, unknown_context, include_denied, max_paths) AS w;
END;
COMMENT ON FUNCTION iam_assumable_roles(text, integer, json, boolean, boolean, integer) IS 'Which roles a principal can assume, directly or through other roles: one row for each shortest path, at most max_paths for each role';

CREATE FUNCTION iam_assume_paths(source text, target text, max_hops integer DEFAULT 3, context json DEFAULT '{}',
								 unknown_context boolean DEFAULT true, max_paths integer DEFAULT 100)
RETURNS TABLE (source_principal text, target_role text, decision iam_decision, hops integer, path text[], steps jsonb, conditions jsonb,
			   crosses_account boolean)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 10 COST 100000
SET search_path = pg_catalog, @extschema@, pg_temp SET jit = off
AS $$
#variable_conflict use_column
BEGIN
	IF source IS NULL OR target IS NULL THEN
		RETURN;
	END IF;
	RETURN QUERY
		SELECT w.path[1], w.role, w.decision, w.hops, w.path, w.steps, w.conditions, w.crosses_account
		FROM iam_assume_walk(source, (iam_resolve_role(target)).arn::text, max_hops, context, unknown_context, false, max_paths) AS w;
END $$;
COMMENT ON FUNCTION iam_assume_paths(text, text, integer, json, boolean, integer) IS 'Every shortest path by which a principal can become a role, each step evaluated; at most max_paths';
