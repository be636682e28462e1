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
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 2
AS 'MODULE_PATHNAME', 'iam_trust_entries';
COMMENT ON FUNCTION iam_trust_entries(iam_policy) IS 'Principals that the Allow statements of a trust policy name';

/* Three-valued: what is not known is NULL. */
CREATE FUNCTION iam_policy_depends_on_caller(policy iam_policy) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'iam_policy_depends_on_caller';
COMMENT ON FUNCTION iam_policy_depends_on_caller(iam_policy) IS 'Whether the effect of a policy may differ from caller to caller';

CREATE FUNCTION iam_effect_allows(effect iam_effect) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'iam_effect_allows';
COMMENT ON FUNCTION iam_effect_allows(iam_effect) IS 'Whether some Allow statement of the policy applies, at any grade; NULL: not known';

CREATE FUNCTION iam_effect_denies(effect iam_effect) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'iam_effect_denies';
COMMENT ON FUNCTION iam_effect_denies(iam_effect) IS 'Whether some Deny statement of the policy applies; NULL: not known';

CREATE FUNCTION iam_policy_names_principals(policy iam_policy) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'iam_policy_names_principals';
COMMENT ON FUNCTION iam_policy_names_principals(iam_policy) IS 'Whether a policy names single users, roles or sessions, or has NotPrincipal';

CREATE FUNCTION iam_policy_caller_scope(policy iam_policy) RETURNS smallint
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'iam_policy_caller_scope';
COMMENT ON FUNCTION iam_policy_caller_scope(iam_policy) IS 'Which users and roles conditions and variables of a policy can tell apart, whomever it names: 0 none, 1 those of different accounts, 2 any';

CREATE FUNCTION iam_effect_is_definite(effect iam_effect) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'iam_sql_effect_is_definite';
COMMENT ON FUNCTION iam_effect_is_definite(iam_effect) IS 'Whether nothing of an effect is unknown';

CREATE FUNCTION iam_is_plain_role(arn arn, account text, name text) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'iam_is_plain_role';
COMMENT ON FUNCTION iam_is_plain_role(arn, text, text) IS 'Whether an ARN is that of a role of this account and name, without wildcards';

CREATE FUNCTION iam_principal_parts(entry text) RETURNS text[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'iam_principal_parts';
COMMENT ON FUNCTION iam_principal_parts(text) IS 'Partition, account, kind and name of the principal that an ARN in a policy names; NULL where it names none';

CREATE FUNCTION iam_policy_loaded(policy iam_policy) RETURNS iam_policy
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'iam_policy_loaded';
COMMENT ON FUNCTION iam_policy_loaded(iam_policy) IS 'The same policy, unpacked in memory, for queries that look at it often';

CREATE FUNCTION iam_policy_says(policy iam_policy, request iam_request) RETURNS smallint
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'iam_policy_says';
COMMENT ON FUNCTION iam_policy_says(iam_policy, iam_request) IS 'What an identity policy comes to whoever asks: 0 does not allow, 1 not known, 2 allows, and 0, 3 or 6 likewise for denying';

CREATE FUNCTION iam_policy_aims(policy iam_policy, request iam_request) RETURNS text[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'iam_policy_aims';
COMMENT ON FUNCTION iam_policy_aims(iam_policy, iam_request) IS 'ARNs, or where there are patterns accounts, of the resources that statements about the request''s action name; NULL: may be any';

CREATE FUNCTION iam_policy_role_scope(policy iam_policy, request iam_request) RETURNS smallint
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'iam_policy_role_scope';
COMMENT ON FUNCTION iam_policy_role_scope(iam_policy, iam_request) IS 'What statements about the request''s action look at of a resource: 0 nothing, 1 no more than who owns it, 2 the resource itself';

/* What is asked about a role whose facts are those of its account and its tags: as iam_resolve_resource makes it. */
CREATE FUNCTION iam_role_request(action text, role arn, account text, tags jsonb, facts text, context json, unknown_context boolean)
RETURNS iam_request
LANGUAGE sql STABLE PARALLEL SAFE
RETURN iam_request(action, role::text, context, account, unknown_context,
				   (left(facts, -1) || ',"tags_known":true,"tags":' || tags::text || '}')::json);
COMMENT ON FUNCTION iam_role_request(text, arn, text, jsonb, text, json, boolean) IS 'What is asked about a stored role, from its tags and the facts of its account, a JSON object that is not empty';

/*
 * Who can assume each of some roles in one step: of those in `roles`, or where it is
 * NULL of all roles of `accounts`.
 *
 * Nearly all of these decisions are one decision made again and again.  What is asked
 * of "some role of this account" by "some principal of that account" has a definite
 * answer for most policies, and then it is the answer for each of them (EVAL-14).
 * So roles are grouped by what their trust policies come to, callers by what their
 * documents come to, and iam_decide runs once for two groups, with one role and one
 * caller of them.  What is not definite, or can tell the members of a group apart,
 * makes smaller groups, down to one role and one caller.
 *
 * Sizes cannot be estimated here, between one role and all of an organization: every
 * table is looked up by keys that an array or the row at hand gives (OFFSET 0 keeps it
 * so), and everything else is joined by hashing, in the order in which it is written.
 */
CREATE FUNCTION iam_assume_step(roles arn[], context json, unknown_context boolean, include_denied boolean, accounts text[] DEFAULT NULL)
RETURNS TABLE (role_arn arn, principal text, kind text, account_id text, decision iam_decision, conditions jsonb)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 100 COST 100000
SET search_path = pg_catalog, @extschema@, pg_temp
SET jit = off	/* compiling the query takes far longer than running it */
SET plan_cache_mode = force_generic_plan
SET max_parallel_workers_per_gather = 0	/* the plan is kept: a large question must not leave one behind that starts workers for small ones */
SET work_mem = '8MB'	/* there are many hash tables: more would come to gigabytes, less to files */
SET enable_nestloop = off
SET enable_mergejoin = off
SET join_collapse_limit = 1
SET from_collapse_limit = 1
AS $$
#variable_conflict use_column
DECLARE
	v_everybody boolean := roles IS NULL OR include_denied;
	v_accounts text[];	/* those whose place in the organization may matter */
	v_ids text[];
	/* what the planner makes of a limit and a series it does not know: a tenth of the rows, and 1,000 more */
	v_all bigint;
	v_none integer := 0;
	v_action iam_request := iam_request('sts:AssumeRole', '*');
	v_allow iam_policy := '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';
	v_deny iam_policy := '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}';
BEGIN
	IF NOT v_everybody THEN
		SELECT bool_or(r.policy IS NULL OR e.type = 'AWS' AND e.entry = '*'),
			   array_agg(DISTINCT r.account_id) || array_agg(DISTINCT substring(e.entry FROM '^(?:arn:[^:]*:[^:]*:[^:]*:)?([0-9]{12})(?::|$)')),
			   array_agg(DISTINCT split_part(e.entry, ':', 1)) FILTER (WHERE e.type = 'AWS' AND e.entry ~ '^A[A-Z0-9]{3}')
		INTO v_everybody, v_accounts, v_ids
		FROM (SELECT i.account_id, t.policy
			  FROM iam_identity AS i
			  LEFT JOIN LATERAL (SELECT t.policy FROM iam_trust AS t
								 WHERE t.account_id = i.account_id AND t.role_arn = i.arn OFFSET 0) AS t ON true
			  WHERE i.arn = ANY (iam_assume_step.roles) AND i.kind = 'role') AS r
		LEFT JOIN LATERAL iam_trust_entries(r.policy) AS e ON true;
		IF v_ids IS NOT NULL THEN
			v_accounts := v_accounts || ARRAY(SELECT i.account_id FROM iam_identity AS i WHERE i.unique_id = ANY (v_ids));
		END IF;
	END IF;
	IF v_everybody THEN
		v_accounts := ARRAY(SELECT a.account_id FROM iam_account AS a UNION SELECT o.management_account_id FROM iam_organization AS o);
	END IF;
	v_accounts := ARRAY(SELECT DISTINCT a.id FROM unnest(v_accounts) AS a (id) WHERE a.id IS NOT NULL);

	RETURN QUERY
	WITH role AS MATERIALIZED (
		SELECT row_number() OVER () AS id, i.account_id, i.arn, i.tags, i.trust, arn_partition(i.arn) AS partition,
			   CASE WHEN iam_is_plain_role(i.arn, i.account_id, i.name) THEN '' ELSE i.arn::text END AS odd,
			   coalesce(iam_policy_names_principals(i.trust), false) AS names_principals
		FROM (SELECT r.account_id, r.arn, r.name, r.tags, t.policy AS trust
			  FROM iam_identity AS r
			  LEFT JOIN iam_trust AS t ON t.account_id = r.account_id AND t.role_arn = r.arn AND t.account_id = ANY (iam_assume_step.accounts)
			  WHERE iam_assume_step.roles IS NULL AND r.account_id = ANY (iam_assume_step.accounts)
				  AND r.kind = 'role' AND r.account_id = arn_account(r.arn)
			  UNION ALL
			  SELECT r.account_id, r.arn, r.name, r.tags, t.policy
			  FROM iam_identity AS r
			  LEFT JOIN LATERAL (SELECT t.policy FROM iam_trust AS t
								 WHERE t.account_id = r.account_id AND t.role_arn = r.arn OFFSET 0) AS t ON true
			  WHERE r.arn = ANY (iam_assume_step.roles) AND r.kind = 'role') AS i),
	fact AS MATERIALIZED (
		SELECT f.*, iam_account_caller(f.account_id, false, f.canonical_user_id, f.organization_id, f.organization_path,
									   f.organization_known, f.in_management_account) AS caller
		FROM iam_organization_facts(v_accounts) AS f),
	/* all roles of an account; an odd one, whose request does not follow from its account, is by itself */
	place AS MATERIALIZED (
		SELECT row_number() OVER () AS id, p.account_id, p.partition, p.odd, p.facts, p.in_management_account,
			   iam_request('sts:AssumeRole', p.pattern, context, p.account_id, true, p.facts::json) AS request,
			   iam_request('sts:AssumeRoleWithSAML', p.pattern, context, p.account_id, true, p.facts::json) AS saml_request,
			   iam_request('sts:AssumeRoleWithWebIdentity', p.pattern, context, p.account_id, true, p.facts::json) AS web_request
		FROM (SELECT p.account_id, p.partition, p.odd, coalesce(f.in_management_account, false) AS in_management_account,
					 format('arn:%s:iam::%s:role/*', p.partition, p.account_id) AS pattern,
					 iam_owner_facts(f.organization_id, f.organization_path, f.organization_known, f.in_management_account)::text AS facts
			  FROM (SELECT DISTINCT r.account_id, r.partition, r.odd FROM role AS r WHERE r.odd = '') AS p
			  LEFT JOIN fact AS f ON f.account_id = p.account_id OFFSET 0) AS p
		UNION ALL
		SELECT -r.id, r.account_id, r.partition, r.odd, NULL, NULL, a.request, s.request, w.request
		FROM role AS r
		CROSS JOIN LATERAL iam_resolve_resource('sts:AssumeRole', r.odd, context, NULL, unknown_context, NULL) AS a
		CROSS JOIN LATERAL iam_resolve_resource('sts:AssumeRoleWithSAML', r.odd, context, NULL, unknown_context, NULL) AS s
		CROSS JOIN LATERAL iam_resolve_resource('sts:AssumeRoleWithWebIdentity', r.odd, context, NULL, unknown_context, NULL) AS w
		WHERE r.odd <> ''),
	/* roles without what only a few of them are asked for */
	site AS MATERIALIZED (
		SELECT r.id, r.arn, r.partition, p.id AS place, r.names_principals, r.odd <> '' AS odd
		FROM role AS r
		JOIN place AS p ON p.account_id = r.account_id AND p.partition = r.partition AND p.odd = r.odd),

	/* whom the trust policies name */
	entry AS MATERIALIZED (
		SELECT r.id AS role, r.partition, e.type, e.entry
		FROM role AS r CROSS JOIN LATERAL iam_trust_entries(r.trust) AS e),
	named AS MATERIALIZED (
		SELECT row_number() OVER () AS id, n.type, n.entry, n.partition, n.form, n.whole_account,
			   (SELECT true FROM iam_identity AS s WHERE s.account_id = coalesce(n.whole_account, n.form[2]) LIMIT 1) AS stored
		FROM (SELECT n.*, coalesce(substring(n.entry FROM '^[0-9]{12}$'), CASE WHEN n.form[3] = 'root' THEN n.form[2] END) AS whole_account
			  FROM (SELECT e.type, e.entry, e.partition,
						   CASE WHEN e.type = 'AWS' THEN iam_principal_parts(e.entry) END AS form
					FROM (SELECT DISTINCT e.type, e.entry, e.partition FROM entry AS e) AS e OFFSET 0) AS n
			  WHERE n.type = 'AWS'
			  UNION ALL
			  SELECT DISTINCT e.type, e.entry, e.partition, NULL::text[], NULL
			  FROM entry AS e
			  WHERE e.type IN ('Service', 'Federated')) AS n),
	naming AS MATERIALIZED (
		SELECT e.role, n.id AS named
		FROM entry AS e
		JOIN named AS n ON n.entry = e.entry AND n.type = e.type AND n.partition = e.partition),
	/* whole stored accounts that a role may be open to */
	everybody AS MATERIALIZED (
		SELECT r.id AS role FROM role AS r WHERE include_denied OR r.trust IS NULL
		UNION
		SELECT m.role FROM naming AS m JOIN named AS n ON n.id = m.named WHERE n.type = 'AWS' AND n.entry = '*'),
	whole AS MATERIALIZED (
		SELECT m.role, n.whole_account AS account_id
		FROM naming AS m JOIN named AS n ON n.id = m.named
		WHERE n.whole_account IS NOT NULL AND n.stored
		UNION
		SELECT e.role, a.account_id
		FROM everybody AS e
		CROSS JOIN unnest(ARRAY(SELECT s.account_id FROM iam_stored_accounts() AS s WHERE EXISTS (SELECT FROM everybody))) AS a (account_id)),
	/* stored users and roles that are named */
	single AS MATERIALIZED (
		SELECT DISTINCT m.role, c.account_id, c.arn
		FROM (SELECT n.id, i.account_id, i.arn
			  FROM named AS n
			  CROSS JOIN LATERAL (SELECT i.account_id, i.arn FROM iam_identity AS i
								  WHERE i.account_id = n.form[2] AND i.arn = CASE WHEN n.form[4] IS NOT NULL THEN n.entry::arn END
									  AND i.kind = n.form[3] OFFSET 0) AS i
			  WHERE n.form[3] IN ('user', 'role')
			  UNION ALL
			  SELECT n.id, i.account_id, i.arn
			  FROM named AS n
			  CROSS JOIN LATERAL (SELECT i.account_id, i.arn FROM iam_identity AS i
								  WHERE i.account_id = n.form[2] AND i.kind = 'role' AND lower(i.name) = lower(split_part(n.form[4], '/', 1)) OFFSET 0) AS i
			  WHERE n.form[3] = 'assumed-role'
			  UNION ALL
			  SELECT n.id, i.account_id, i.arn
			  FROM named AS n
			  CROSS JOIN LATERAL (SELECT i.account_id, i.arn FROM iam_identity AS i
								  WHERE i.unique_id = split_part(n.entry, ':', 1) AND i.kind IN ('user', 'role') OFFSET 0) AS i
			  WHERE n.type = 'AWS' AND n.entry ~ '^A[A-Z0-9]{3}') AS c
		JOIN naming AS m ON m.named = c.id
		JOIN site AS r ON r.id = m.role AND r.names_principals),
	/* everybody else the entries name; what a stored account does not have matches nobody */
	outsider AS MATERIALIZED (
		SELECT o.named, o.principal, o.kind, o.account_id, o.any_principal,
			   dense_rank() OVER (ORDER BY o.principal, o.kind DESC) AS asker, dense_rank() OVER (ORDER BY o.principal) AS same
		FROM (SELECT n.id AS named, n.entry AS principal, 'service' AS kind, NULL::text AS account_id, false AS any_principal
			  FROM named AS n
			  WHERE n.type = 'Service'
			  UNION ALL
			  SELECT n.id, n.entry, 'provider', substring(n.entry FROM '^arn:[^:]*:iam::([0-9]{12}):'), false
			  FROM named AS n
			  WHERE n.type = 'Federated'
			  UNION ALL
			  SELECT n.id, format('arn:%s:iam::%s:root', coalesce(n.form[1], n.partition), n.whole_account), 'account', n.whole_account, true
			  FROM named AS n
			  WHERE n.whole_account IS NOT NULL AND n.stored IS NULL
			  UNION ALL
			  SELECT n.id, n.entry, CASE n.form[3] WHEN 'assumed-role' THEN 'session' ELSE n.form[3] END, n.form[2], false
			  FROM named AS n
			  WHERE n.form[4] IS NOT NULL AND (n.form[3] IN ('user', 'role') OR n.form[3] = 'assumed-role' AND n.form[4] ~ '^[^/]+/[^/]+$')
				  AND n.stored IS NULL
			  UNION ALL
			  SELECT n.id, '*', 'any principal', NULL, true
			  FROM named AS n
			  WHERE n.type = 'AWS' AND n.entry = '*') AS o
		WHERE o.principal = '*' OR iam_is_request_principal(o.principal)),

	/* who asks: outsiders, and for whole accounts somebody of them, who may be anybody there */
	asker AS MATERIALIZED (
		SELECT x.*, coalesce(f.in_management_account, false) AS in_management_account,
			   CASE WHEN x.kind <> 'provider' THEN 'sts:AssumeRole'
						 WHEN x.principal LIKE 'arn:%:saml-provider/%' THEN 'sts:AssumeRoleWithSAML' ELSE 'sts:AssumeRoleWithWebIdentity' END AS action,
			   iam_account_caller(x.principal, x.any_principal, f.canonical_user_id, f.organization_id, f.organization_path,
								  f.organization_known, f.in_management_account) AS caller
		FROM (SELECT DISTINCT o.asker AS id, o.principal, o.kind, o.account_id, o.any_principal, '' AS partition FROM outsider AS o
			  UNION ALL
			  SELECT -row_number() OVER (), format('arn:%s:iam::%s:root', w.partition, w.account_id), 'member', w.account_id, true, w.partition
			  FROM (SELECT DISTINCT w.account_id, r.partition
					FROM whole AS w JOIN site AS r ON r.id = w.role WHERE NOT (r.odd OR r.names_principals)) AS w) AS x
		LEFT JOIN fact AS f ON f.account_id = x.account_id),
	/* each role and asker, and what the trust policy comes to between them */
	ask AS MATERIALIZED (
		SELECT e.role, e.arn, e.place, e.asker, e.service_linked, e.by_caller,
			   CASE WHEN e.definite OR e.by_caller OR e.odd <> '' THEN e.effect
					ELSE iam_policy_effect(e.trust, 'trust', iam_role_request(e.action, e.arn, e.account_id, e.tags, e.facts, context, unknown_context), e.caller) END AS effect
		FROM (SELECT e.*, iam_effect_is_definite(e.effect) AS definite,
					 e.asker < 0 AND NOT iam_effect_is_definite(e.effect) AND coalesce(iam_policy_caller_scope(e.trust) = 2, false) AS by_caller
			  FROM (SELECT x.role, r.arn, r.account_id, r.tags, r.trust, r.odd, starts_with(arn_resource(r.arn), 'role/aws-service-role/') AS service_linked,
						   p.id AS place, p.facts, x.asker, a.action, a.caller,
						   iam_policy_effect(r.trust, 'trust', CASE a.action WHEN 'sts:AssumeRole' THEN p.request
																			 WHEN 'sts:AssumeRoleWithSAML' THEN p.saml_request ELSE p.web_request END, a.caller) AS effect
					FROM (SELECT m.role, min(o.asker) AS asker
						  FROM naming AS m JOIN outsider AS o ON o.named = m.named
						  GROUP BY m.role, o.same
						  UNION ALL
						  SELECT w.role, a.id
						  FROM whole AS w
						  JOIN site AS r ON r.id = w.role AND NOT (r.odd OR r.names_principals)
						  JOIN asker AS a ON a.account_id = w.account_id AND a.partition = r.partition AND a.kind = 'member') AS x
					JOIN role AS r ON r.id = x.role
					JOIN place AS p ON p.account_id = r.account_id AND p.partition = r.partition AND p.odd = r.odd
					JOIN asker AS a ON a.id = x.asker OFFSET 0) AS e OFFSET 0) AS e),

	/* documents above the accounts: what they say; where it is not the same of all roles of a place, or of all callers */
	control AS MATERIALIZED (
		SELECT p.account_id, 'scp'::iam_policy_kind AS kind, p.level, p.policy, p.present
		FROM iam_organization_control_policies(v_accounts, 'SERVICE_CONTROL_POLICY') AS p
		UNION ALL
		SELECT p.account_id, 'rcp', p.level, p.policy, p.present
		FROM iam_organization_control_policies(v_accounts, 'RESOURCE_CONTROL_POLICY') AS p),
	gate AS MATERIALIZED (
		SELECT c.place, c.asker, bool_or(c.differs) AS differs, bool_or(c.differs AND c.by_caller) AS by_caller,
			   string_agg(concat(c.kind, c.level, c.effect), ' ' ORDER BY c.kind, c.level, c.effect) AS said
		FROM (SELECT c.place, c.asker, c.kind, c.level, c.policy, c.effect::text AS effect,
					 c.policy IS NOT NULL AND (NOT iam_effect_is_definite(c.effect) OR iam_policy_names_principals(c.policy)) AS differs,
					 iam_policy_names_principals(c.policy) OR iam_policy_caller_scope(c.policy) = 2 AS by_caller
			  FROM (SELECT k.place, k.asker, c.kind, c.level, c.policy,
						   CASE WHEN c.present THEN iam_policy_effect(c.policy, c.kind, CASE a.action WHEN 'sts:AssumeRole' THEN p.request
																									  WHEN 'sts:AssumeRoleWithSAML' THEN p.saml_request
																									  ELSE p.web_request END, a.caller) END AS effect
					FROM (SELECT k.place, k.asker, a.account_id, 'scp'::iam_policy_kind AS kind
						  FROM (SELECT DISTINCT k.place, k.asker FROM ask AS k) AS k
						  JOIN asker AS a ON a.id = k.asker AND a.kind <> 'provider'
						  UNION ALL
						  SELECT k.place, k.asker, p.account_id, 'rcp'
						  FROM (SELECT DISTINCT k.place, k.asker FROM ask AS k) AS k
						  JOIN place AS p ON p.id = k.place) AS k
					JOIN control AS c ON c.account_id = k.account_id AND c.kind = k.kind
					JOIN place AS p ON p.id = k.place
					JOIN asker AS a ON a.id = k.asker OFFSET 0) AS c OFFSET 0) AS c
		GROUP BY c.place, c.asker),
	/* roles of a place that are one to an asker */
	alike AS MATERIALIZED (
		SELECT row_number() OVER () AS id, g.place, g.asker, g.role, g.roles, g.arns, a.kind, a.account_id, a.action,
			   /* without any identity side? */
			   a.kind = 'member'
			   AND (SELECT iam_decide(p.request, a.caller, v.kind, 0, v.effect)
					FROM (VALUES ('trust'::iam_policy_kind, g.effect::iam_effect), ('identity', NULL::iam_effect)) AS v (kind, effect)) >= 'conditional' AS bare,
			   /* all that a decision about them and the asker takes from both; NULL: more than can be said */
			   CASE WHEN g.same_gates THEN ARRAY[CASE WHEN a.kind = 'member' THEN a.partition ELSE a.principal END, a.kind, a.action, g.effect, g.service_linked::text,
					(p.account_id = a.account_id)::text, p.in_management_account::text, a.in_management_account::text, g.said]::text END AS state
		FROM (SELECT k.place, k.asker, k.service_linked, k.effect::text AS effect, min(k.role) AS role, array_agg(k.role) AS roles, array_agg(k.arn) AS arns,
					 bool_and(d.differs IS NOT TRUE) AS same_gates, min(d.said) AS said
			  FROM ask AS k
			  LEFT JOIN gate AS d ON d.place = k.place AND d.asker = k.asker
			  WHERE NOT k.by_caller AND (d.by_caller AND k.asker < 0) IS NOT TRUE
				  AND (include_denied OR iam_effect_allows(k.effect) IS NOT FALSE AND iam_effect_denies(k.effect) IS NOT TRUE)
			  GROUP BY k.place, k.asker, k.service_linked, k.effect::text, CASE WHEN d.differs THEN k.role END) AS g
		JOIN place AS p ON p.id = g.place
		JOIN asker AS a ON a.id = g.asker),
	/* roles and accounts of which each principal is looked at by itself */
	apart AS MATERIALIZED (
		SELECT w.role, w.account_id
		FROM whole AS w JOIN site AS r ON r.id = w.role
		WHERE r.odd OR r.names_principals
		UNION ALL
		SELECT k.role, a.account_id
		FROM ask AS k
		JOIN asker AS a ON a.id = k.asker
		LEFT JOIN gate AS d ON d.place = k.place AND d.asker = k.asker
		WHERE k.asker < 0 AND (k.by_caller OR d.by_caller)
			AND (include_denied OR iam_effect_allows(k.effect) IS NOT FALSE AND iam_effect_denies(k.effect) IS NOT TRUE)),

	/* the accounts whose identity side counts, for each place, and whether all of their principals do */
	side AS MATERIALIZED (
		SELECT s.place, s.account_id, bool_or(s.whole) AS whole, bool_or(s.everyone) AS everyone
		FROM (SELECT g.place, g.account_id, true AS whole, g.bare OR include_denied AS everyone FROM alike AS g WHERE g.kind = 'member'
			  UNION ALL
			  SELECT r.place, x.account_id, true, true
			  FROM apart AS x JOIN site AS r ON r.id = x.role
			  UNION ALL
			  SELECT r.place, x.account_id, false, false
			  FROM single AS x JOIN site AS r ON r.id = x.role) AS s
		GROUP BY s.place, s.account_id),
	/* of an account that is not there as a whole, the principals and their groups */
	lone AS MATERIALIZED (
		SELECT l.account_id, l.arn, u.holder
		FROM (SELECT DISTINCT x.account_id, x.arn
			  FROM single AS x
			  LEFT JOIN (SELECT DISTINCT s.account_id FROM side AS s WHERE s.whole) AS w ON w.account_id = x.account_id
			  WHERE w.account_id IS NULL) AS l
		CROSS JOIN LATERAL (SELECT l.arn AS holder
							UNION ALL
							SELECT m.group_arn FROM iam_group_member AS m WHERE m.account_id = l.account_id AND m.user_arn = l.arn) AS u),
	/*
	 * How attached documents are found.  AWS's are the same for all: for many accounts
	 * each is looked at, for some principals those that they have; for few accounts
	 * the index finds those that speak of the action, and who has them.  Who has them
	 * is otherwise read account by account.
	 */
	way AS MATERIALIZED (
		SELECT NOT s.few AS all_documents, s.few AND NOT s.all_whole AS by_holder, s.few AND s.all_whole AS by_document,
			   s.some_whole AND NOT (s.few AND s.all_whole) AS by_account
		FROM (SELECT count(*) <= 10 AS few, bool_and(s.whole) AS all_whole, bool_or(s.whole) AS some_whole FROM side AS s) AS s),
	/* documents that may speak of the action, or could not be read; those have the id 0 */
	managed AS MATERIALIZED (
		SELECT d.account_id, d.arn, CASE WHEN d.policy IS NULL THEN 0 WHEN d.may_match THEN row_number() OVER () ELSE -1 END AS id,
			   CASE WHEN d.may_match THEN d.policy END AS policy
		FROM (SELECT d.account_id, d.arn, d.policy, iam_policy_may_match(d.policy, v_action) AS may_match
			  FROM (SELECT c.account_id, c.arn, iam_policy_loaded(c.policy) AS policy
					FROM iam_customer_policy AS c
					WHERE c.account_id = ANY (ARRAY(SELECT DISTINCT s.account_id FROM side AS s))
					UNION ALL
					SELECT NULL, w.arn, iam_policy_loaded(w.policy)
					FROM iam_aws_policy AS w
					WHERE (SELECT y.all_documents FROM way AS y)
					UNION ALL
					SELECT NULL, w.arn, iam_policy_loaded(w.policy)
					FROM iam_aws_policy AS w
					WHERE (SELECT y.by_document FROM way AS y) AND iam_policy_may_match(w.policy, v_action)
					UNION ALL
					SELECT NULL, w.arn, iam_policy_loaded(w.policy)
					FROM iam_aws_policy AS w
					WHERE (SELECT y.by_holder FROM way AS y) AND w.arn = ANY (ARRAY(
						SELECT DISTINCT a.policy_arn
						FROM iam_attachment AS a
						WHERE a.account_id = ANY (ARRAY(SELECT DISTINCT s.account_id FROM side AS s WHERE s.whole))
						UNION
						SELECT a.policy_arn
						FROM lone AS l
						CROSS JOIN LATERAL (SELECT a.policy_arn FROM iam_attachment AS a
											WHERE a.account_id = l.account_id AND a.identity_arn = l.holder OFFSET 0) AS a))) AS d OFFSET 0) AS d),
	inline AS MATERIALIZED (
		SELECT i.account_id, i.holder, CASE WHEN i.policy IS NULL THEN 0 ELSE -row_number() OVER () - 1 END AS id, i.policy
		FROM (SELECT p.account_id, p.identity_arn AS holder, iam_policy_loaded(p.policy) AS policy
			  FROM iam_inline_policy AS p
			  WHERE p.account_id = ANY (ARRAY(SELECT DISTINCT s.account_id FROM side AS s WHERE s.whole))
			  UNION ALL
			  SELECT l.account_id, l.holder, iam_policy_loaded(p.policy)
			  FROM (SELECT DISTINCT l.account_id, l.holder FROM lone AS l) AS l
			  CROSS JOIN LATERAL (SELECT p.policy FROM iam_inline_policy AS p
								  WHERE p.account_id = l.account_id AND p.identity_arn = l.holder OFFSET 0) AS p
			  OFFSET 0) AS i
		WHERE i.policy IS NULL OR iam_policy_may_match(i.policy, v_action)),
	document AS MATERIALIZED (
		SELECT d.id, d.policy, iam_policy_aims(d.policy, v_action) AS aims, iam_policy_role_scope(d.policy, v_action) AS role_scope,
			   iam_policy_caller_scope(d.policy) AS caller_scope
		FROM (SELECT d.id, d.policy FROM managed AS d WHERE d.id > 0
			  UNION ALL
			  SELECT d.id, d.policy FROM inline AS d WHERE d.id <> 0) AS d),
	/* roles and accounts that documents are about which are not about any */
	aimed AS MATERIALIZED (
		SELECT d.id, CASE WHEN length(u.aim) = 12 THEN u.aim ELSE split_part(u.aim, ':', 5) END AS account_id,
			   CASE WHEN length(u.aim) > 12 THEN u.aim::arn END AS arn
		FROM document AS d CROSS JOIN LATERAL unnest(d.aims) AS u (aim)),
	held_by AS MATERIALIZED (
		SELECT d.account_id, d.holder, d.id FROM inline AS d
		UNION ALL
		/* a document that is missing could not be read either */
		SELECT a.account_id, a.identity_arn, CASE WHEN c.id <> 0 THEN c.id ELSE coalesce(w.id, 0) END
		FROM (SELECT a.account_id, a.identity_arn, a.policy_arn
			  FROM iam_attachment AS a
			  WHERE (SELECT y.by_account FROM way AS y)
				  AND a.account_id = ANY (ARRAY(SELECT DISTINCT s.account_id FROM side AS s WHERE s.whole))
			  UNION ALL
			  SELECT l.account_id, l.holder, a.policy_arn
			  FROM (SELECT DISTINCT l.account_id, l.holder FROM lone AS l) AS l
			  CROSS JOIN LATERAL (SELECT a.policy_arn FROM iam_attachment AS a
								  WHERE a.account_id = l.account_id AND a.identity_arn = l.holder OFFSET 0) AS a
			  LIMIT v_all) AS a
		LEFT JOIN (SELECT w.arn, w.id, w.id < 0 AND c.arn IS NULL AS nothing
				   FROM managed AS w
				   LEFT JOIN (SELECT DISTINCT c.arn FROM managed AS c WHERE c.account_id IS NOT NULL) AS c ON c.arn = w.arn
				   WHERE w.account_id IS NULL) AS w ON w.arn = a.policy_arn
		LEFT JOIN managed AS c ON c.account_id = a.account_id AND c.arn = a.policy_arn
		WHERE w.nothing IS NOT TRUE AND CASE WHEN c.id <> 0 THEN c.id ELSE coalesce(w.id, 0) END >= 0
		UNION ALL
		SELECT d.account_id, a.identity_arn, d.id
		FROM (SELECT s.account_id, d.arn, d.id
			  FROM (SELECT DISTINCT s.account_id FROM side AS s) AS s
			  JOIN managed AS d ON coalesce(d.account_id, s.account_id) = s.account_id
			  WHERE (SELECT y.by_document FROM way AS y)) AS d
		CROSS JOIN LATERAL (SELECT a.identity_arn FROM iam_attachment AS a
							WHERE a.policy_arn = d.arn AND a.account_id = d.account_id OFFSET 0) AS a
		WHERE d.id > 0
		UNION ALL
		/* neither AWS's nor the account's own */
		SELECT a.account_id, a.identity_arn, 0
		FROM iam_attachment AS a
		WHERE (SELECT y.by_document FROM way AS y)
			AND a.account_id = ANY (ARRAY(SELECT DISTINCT s.account_id FROM side AS s))
			AND a.policy_arn NOT IN (SELECT w.arn FROM iam_aws_policy AS w WHERE w.policy IS NOT NULL)
			AND (a.account_id, a.policy_arn) NOT IN (SELECT c.account_id, c.arn FROM managed AS c WHERE c.account_id IS NOT NULL AND c.id <> 0)),
	membership AS MATERIALIZED (
		SELECT m.account_id, m.user_arn, m.group_arn
		FROM iam_group_member AS m
		WHERE m.account_id = ANY (ARRAY(SELECT DISTINCT s.account_id FROM side AS s WHERE s.whole))
		UNION ALL
		SELECT l.account_id, l.arn, l.holder FROM lone AS l WHERE l.holder <> l.arn),
	holder AS MATERIALIZED (
		SELECT h.account_id, h.holder AS arn, h.id FROM held_by AS h
		UNION ALL
		SELECT m.account_id, m.user_arn, h.id
		FROM membership AS m JOIN held_by AS h ON h.account_id = m.account_id AND h.holder = m.group_arn
		UNION ALL
		/* a group of which only the name is known */
		SELECT m.account_id, m.user_arn, 0
		FROM (SELECT DISTINCT m.account_id, m.group_arn FROM membership AS m) AS g
		JOIN membership AS m ON m.account_id = g.account_id AND m.group_arn = g.group_arn
		WHERE NOT (SELECT count(*) > 0 FROM iam_identity AS i WHERE i.account_id = g.account_id AND i.arn = g.group_arn)),
	/* documents that say the same of every role, whichever its account is; what could not be read is among them */
	realm AS MATERIALIZED (
		SELECT p.partition, iam_request('sts:AssumeRole', format('arn:%s:iam::*:role/*', p.partition), context, NULL, true) AS request
		FROM (SELECT DISTINCT p.partition FROM place AS p WHERE p.odd = '') AS p),
	general AS MATERIALIZED (
		SELECT d.partition, d.id, d.says, (d.says % 3 = 1 OR d.says / 3 = 1) AND d.caller_scope = 1 AS by_account
		FROM (SELECT r.partition, d.id, d.caller_scope, iam_policy_says(d.policy, r.request) AS says, d.role_scope = 0 AND d.caller_scope < 2 AS alike
			  FROM realm AS r CROSS JOIN document AS d
			  WHERE d.aims IS NULL) AS d
		WHERE d.alike OR d.says % 3 <> 1 AND d.says / 3 <> 1
		UNION ALL
		SELECT r.partition, 0, 4, false FROM realm AS r),
	/* what the others say of the roles of a place: of all alike, or one for one (by_role), and of each caller (by_caller) */
	relevant AS MATERIALIZED (
		SELECT s.place, d.account_id, d.id
		FROM (SELECT h.account_id, h.id, d.aims IS NULL AS any_role
			  FROM (SELECT DISTINCT h.account_id, h.id FROM holder AS h WHERE h.id <> 0) AS h
			  JOIN document AS d ON d.id = h.id) AS d
		JOIN side AS s ON s.account_id = d.account_id
		JOIN place AS p ON p.id = s.place
		LEFT JOIN general AS g ON g.partition = p.partition AND g.id = d.id AND p.odd = ''
		WHERE g.id IS NULL AND (d.any_role OR p.odd <> '')
		UNION ALL
		SELECT DISTINCT p.id, d.account_id, d.id
		FROM aimed AS x
		JOIN place AS p ON p.account_id = x.account_id AND p.odd = ''
		JOIN (SELECT DISTINCT h.account_id, h.id FROM holder AS h) AS d ON d.id = x.id
		JOIN side AS s ON s.place = p.id AND s.account_id = d.account_id),
	said AS MATERIALIZED (
		SELECT h.place, h.account_id, h.id, d.says, d.by_role, d.by_caller
		FROM relevant AS h
		JOIN (SELECT d.place, d.id, d.says, (d.says % 3 = 1 OR d.says / 3 = 1) AND (d.role_scope = 2 OR d.caller_scope = 2) AS by_role,
					 (d.says % 3 = 1 OR d.says / 3 = 1) AND d.caller_scope = 2 AS by_caller
			  FROM (SELECT x.place, x.id, d.role_scope, d.caller_scope, iam_policy_says(d.policy, p.request) AS says
					FROM (SELECT DISTINCT h.place, h.id FROM relevant AS h) AS x
					JOIN document AS d ON d.id = x.id
					JOIN place AS p ON p.id = x.place OFFSET 0) AS d
			  WHERE d.says > 0) AS d ON d.place = h.place AND d.id = h.id
		UNION ALL
		SELECT s.place, s.account_id, 0, 4, false, false
		FROM side AS s JOIN place AS p ON p.id = s.place
		WHERE p.odd <> ''),
	holding AS MATERIALIZED (
		SELECT g.partition, h.account_id, h.arn, h.id, g.says, g.by_account
		FROM general AS g
		JOIN holder AS h ON h.id = g.id
		WHERE g.says > 0),
	local AS MATERIALIZED (
		SELECT DISTINCT h.account_id, h.arn
		FROM (SELECT DISTINCT d.account_id, d.id FROM said AS d) AS d
		JOIN holder AS h ON h.account_id = d.account_id AND h.id = d.id),

	/* users and roles that count; those about whom something is to be said place by place are local */
	found AS MATERIALIZED (
		SELECT i.account_id, i.arn, i.kind, arn_partition(i.arn) AS partition, i.unique_id, i.tags, i.permissions_boundary,
			   starts_with(arn_resource(i.arn), 'role/aws-service-role/') AS service_linked
		FROM (SELECT i.account_id, i.arn, i.kind, i.unique_id, i.tags, i.permissions_boundary
			  FROM (SELECT h.account_id, h.arn FROM holding AS h
					UNION SELECT l.account_id, l.arn FROM local AS l
					UNION SELECT x.account_id, x.arn FROM single AS x) AS h
			  LEFT JOIN (SELECT DISTINCT s.account_id FROM side AS s WHERE s.everyone) AS e ON e.account_id = h.account_id
			  CROSS JOIN LATERAL (SELECT i.account_id, i.arn, i.kind, i.unique_id, i.tags, i.permissions_boundary
								  FROM iam_identity AS i WHERE i.account_id = h.account_id AND i.arn = h.arn OFFSET 0) AS i
			  WHERE e.account_id IS NULL
			  UNION ALL
			  SELECT i.account_id, i.arn, i.kind, i.unique_id, i.tags, i.permissions_boundary
			  FROM iam_identity AS i
			  WHERE i.account_id = ANY (ARRAY(SELECT DISTINCT s.account_id FROM side AS s WHERE s.everyone))) AS i
		WHERE i.kind IN ('user', 'role') AND iam_is_request_principal(i.arn::text)),
	boundary AS MATERIALIZED (
		SELECT b.account_id, b.arn, iam_policy_loaded(coalesce(c.policy, w.policy)) AS policy
		FROM (SELECT DISTINCT i.account_id, i.permissions_boundary AS arn FROM found AS i WHERE i.permissions_boundary IS NOT NULL) AS b
		LEFT JOIN LATERAL (SELECT c.policy FROM iam_customer_policy AS c WHERE c.account_id = b.account_id AND c.arn = b.arn OFFSET 0) AS c ON true
		LEFT JOIN LATERAL (SELECT w.policy FROM iam_aws_policy AS w WHERE w.arn = b.arn OFFSET 0) AS w ON true),
	/* boundaries that say the same of every role */
	general_boundary AS MATERIALIZED (
		SELECT b.account_id, b.arn, b.effect::text AS effect
		FROM (SELECT b.account_id, b.arn, iam_policy_effect(b.policy, 'boundary', r.request, NULL) AS effect, b.policy
			  FROM boundary AS b CROSS JOIN realm AS r) AS b
		WHERE b.policy IS NULL OR iam_effect_is_definite(b.effect)),
	person AS MATERIALIZED (
		SELECT i.*, l.arn IS NOT NULL OR i.permissions_boundary IS NOT NULL AND b.arn IS NULL OR i.partition <> ALL (ARRAY(SELECT r.partition FROM realm AS r))
					OR (SELECT count(*) > 1 FROM realm) AS local
		FROM found AS i
		LEFT JOIN local AS l ON l.account_id = i.account_id AND l.arn = i.arn
		LEFT JOIN (SELECT DISTINCT b.account_id, b.arn FROM general_boundary AS b) AS b ON b.account_id = i.account_id AND b.arn = i.permissions_boundary),
	/* who is denied needs no more, who is allowed needs only what may deny */
	held AS MATERIALIZED (
		SELECT h.place, h.partition, h.account_id, h.arn, h.allows, h.denies, h.may_allow AND NOT h.denies AS may_allow,
			   CASE WHEN h.denies THEN false WHEN h.allows THEN h.deny_by_role ELSE h.by_role END AS by_role,
			   CASE WHEN h.denies THEN false WHEN h.allows THEN h.deny_by_caller ELSE h.by_caller END AS by_caller, h.by_account,
			   coalesce(CASE WHEN h.denies THEN NULL WHEN h.allows THEN h.may_deny ELSE h.documents END, '{}') AS documents
		FROM (SELECT h.place, h.partition, h.account_id, h.arn, bool_or(h.says % 3 = 2) AS allows, bool_or(h.says / 3 = 2) AS denies,
					 bool_or(h.says % 3 > 0) AS may_allow, bool_or(h.by_role) AS by_role, bool_or(h.by_role AND h.says / 3 = 1) AS deny_by_role,
					 bool_or(h.by_caller) AS by_caller, bool_or(h.by_caller AND h.says / 3 = 1) AS deny_by_caller, bool_or(h.by_account) AS by_account,
					 array_agg(DISTINCT h.id) FILTER (WHERE h.says / 3 = 1) AS may_deny,
					 array_agg(DISTINCT h.id) FILTER (WHERE h.says % 3 = 1 OR h.says / 3 = 1) AS documents
			  FROM (SELECT d.place, NULL::text AS partition, d.account_id, h.arn, d.id, d.says, d.by_role, d.by_caller, false AS by_account
					FROM said AS d
					JOIN holder AS h ON h.account_id = d.account_id AND h.id = d.id
					UNION ALL
					SELECT p.id, NULL, h.account_id, h.arn, h.id, h.says, false, false, false
					FROM person AS i
					JOIN holding AS h ON h.account_id = i.account_id AND h.arn = i.arn
					JOIN side AS s ON s.account_id = h.account_id
					JOIN place AS p ON p.id = s.place AND p.partition = h.partition AND p.odd = ''
					WHERE i.local
					UNION ALL
					/* those who are not local, for all places of a partition */
					SELECT NULL, h.partition, h.account_id, h.arn, h.id, h.says, false, false, h.by_account
					FROM person AS i
					JOIN holding AS h ON h.account_id = i.account_id AND h.arn = i.arn
					WHERE NOT i.local) AS h
			  GROUP BY h.place, h.partition, h.account_id, h.arn) AS h),
	open_document AS MATERIALIZED (
		SELECT d.id, d.policy
		FROM (SELECT DISTINCT u.id FROM held AS h CROSS JOIN LATERAL unnest(h.documents) AS u (id)) AS h
		JOIN document AS d ON d.id = h.id
		LIMIT v_all),
	boundary_said AS MATERIALIZED (
		SELECT b.place, b.account_id, b.arn, b.policy IS NOT NULL AND NOT iam_effect_is_definite(b.effect) AS by_role,
			   NOT iam_effect_is_definite(b.effect) AND coalesce(iam_policy_caller_scope(b.policy) = 2, false) AS by_caller
		FROM (SELECT s.place, b.account_id, b.arn, b.policy, iam_policy_effect(b.policy, 'boundary', p.request, NULL) AS effect
			  FROM (SELECT DISTINCT i.account_id, i.permissions_boundary AS arn FROM person AS i WHERE i.local) AS i
			  JOIN boundary AS b ON b.account_id = i.account_id AND b.arn = i.arn
			  JOIN side AS s ON s.account_id = b.account_id
			  JOIN place AS p ON p.id = s.place OFFSET 0) AS b),
	/* principals that are one to the roles of a place, or of every place */
	same AS MATERIALIZED (
		SELECT row_number() OVER () AS id, c.*,
			   CASE WHEN NOT c.by_role THEN ARRAY[c.kind, c.service_linked::text, c.allows::text, c.denies::text, c.documents::text, coalesce(b.effect, c.boundary::text),
												 c.place::text, CASE WHEN c.place IS NOT NULL OR c.by_account THEN c.account_id END]::text END AS state
		FROM (SELECT NULL::bigint AS place, i.account_id, i.service_linked, i.kind, coalesce(h.allows, false) AS allows, coalesce(h.denies, false) AS denies,
					 coalesce(h.may_allow, false) AS may_allow, coalesce(h.documents, '{}') AS documents, i.permissions_boundary AS boundary,
					 false AS by_role, bool_or(coalesce(h.by_account, false)) AS by_account, min(i.arn::text)::arn AS arn, array_agg(i.arn::text) AS arns
			  FROM person AS i
			  LEFT JOIN held AS h ON h.account_id = i.account_id AND h.arn = i.arn AND h.place IS NULL
			  WHERE NOT i.local
			  GROUP BY i.account_id, i.kind, i.service_linked, coalesce(h.allows, false), coalesce(h.denies, false), coalesce(h.may_allow, false),
					   coalesce(h.documents, '{}'), i.permissions_boundary
			  UNION ALL
			  SELECT c.place, i.account_id, i.service_linked, i.kind, c.allows, c.denies, c.may_allow, c.documents, i.permissions_boundary,
					 bool_or(c.by_role OR coalesce(b.by_role, false) OR c.by_caller OR coalesce(b.by_caller, false) OR i.partition <> p.partition), false,
					 min(i.arn::text)::arn, array_agg(i.arn::text)
			  FROM (SELECT h.place, h.account_id, h.arn, h.allows, h.denies, h.may_allow, h.by_role, h.by_caller, h.documents
					FROM held AS h
					WHERE h.place IS NOT NULL
					UNION ALL
					SELECT x.place, x.account_id, x.arn, false, false, false, false, false, '{}'
					FROM (SELECT s.place, i.account_id, i.arn
						  FROM side AS s JOIN person AS i ON i.account_id = s.account_id
						  WHERE s.everyone AND i.local) AS x
					LEFT JOIN held AS h ON h.place = x.place AND h.account_id = x.account_id AND h.arn = x.arn
					WHERE h.arn IS NULL) AS c
			  JOIN person AS i ON i.account_id = c.account_id AND i.arn = c.arn
			  JOIN place AS p ON p.id = c.place
			  LEFT JOIN boundary_said AS b ON b.place = c.place AND b.account_id = c.account_id AND b.arn = i.permissions_boundary
			  GROUP BY c.place, i.account_id, i.kind, i.partition, i.service_linked, c.allows, c.denies, c.may_allow, c.documents, i.permissions_boundary,
					   CASE WHEN c.by_caller OR coalesce(b.by_caller, false) OR i.partition <> p.partition THEN i.arn END) AS c
		LEFT JOIN general_boundary AS b ON c.place IS NULL AND b.account_id = c.account_id AND b.arn = c.boundary),
	pair AS MATERIALIZED (
		SELECT x.role, x.account_id, x.arn FROM single AS x
		UNION
		SELECT x.role, i.account_id, i.arn FROM apart AS x JOIN person AS i ON i.account_id = x.account_id),
	asking AS MATERIALIZED (
		SELECT i.account_id, i.arn,
			   iam_identity_caller(i.arn, i.unique_id, i.permissions_boundary IS NOT NULL, i.tags, coalesce(f.caller, iam_caller(i.account_id))) AS caller
		FROM (SELECT s.account_id, s.arn FROM same AS s
			  UNION SELECT x.account_id, x.arn FROM pair AS x) AS x
		JOIN person AS i ON i.account_id = x.account_id AND i.arn = x.arn
		LEFT JOIN fact AS f ON f.account_id = i.account_id),
	/* those that are not one to all roles of a place, role by role, as far as a document of theirs speaks of the role */
	close AS MATERIALIZED (
		SELECT g.id AS alike, s.id AS same, g.bare OR s.allows OR include_denied AS every_role, s.documents
		FROM alike AS g
		JOIN same AS s ON s.place = g.place AND s.account_id = g.account_id AND s.by_role
		WHERE g.kind = 'member' AND (g.bare OR s.may_allow OR include_denied)),
	close_role AS MATERIALIZED (
		SELECT g.id AS alike, u.role, u.arn
		FROM (SELECT DISTINCT c.alike FROM close AS c) AS c
		JOIN alike AS g ON g.id = c.alike
		CROSS JOIN LATERAL unnest(g.roles, g.arns) AS u (role, arn)),
	may AS MATERIALIZED (
		SELECT r.role, c.same, c.document
		FROM (SELECT c.alike, c.same, u.id AS document
			  FROM close AS c CROSS JOIN LATERAL unnest(c.documents) AS u (id)
			  WHERE NOT c.every_role) AS c
		JOIN (SELECT d.id FROM document AS d WHERE d.aims IS NULL
			  UNION SELECT x.id FROM aimed AS x WHERE x.arn IS NULL
			  UNION SELECT 0) AS d ON d.id = c.document
		JOIN close_role AS r ON r.alike = c.alike
		UNION
		SELECT r.role, c.same, c.document
		FROM (SELECT c.alike, c.same, u.id AS document
			  FROM close AS c CROSS JOIN LATERAL unnest(c.documents) AS u (id)
			  WHERE NOT c.every_role) AS c
		JOIN aimed AS x ON x.id = c.document
		JOIN close_role AS r ON r.alike = c.alike AND r.arn = x.arn),
	asked AS MATERIALIZED (
		SELECT r.id AS role, x.action, r.arn, r.trust, r.account_id, p.id AS place, p.partition, p.odd,
			   CASE WHEN r.odd = '' THEN iam_role_request(x.action, r.arn, r.account_id, r.tags, p.facts, context, unknown_context)
					WHEN x.action = 'sts:AssumeRole' THEN p.request
					WHEN x.action = 'sts:AssumeRoleWithSAML' THEN p.saml_request
					ELSE p.web_request END AS request
		FROM (SELECT g.role, g.action FROM alike AS g
			  UNION SELECT r.role, 'sts:AssumeRole' FROM close AS c JOIN close_role AS r ON r.alike = c.alike WHERE c.every_role
			  UNION SELECT m.role, 'sts:AssumeRole' FROM may AS m
			  UNION SELECT x.role, 'sts:AssumeRole' FROM pair AS x) AS x
		JOIN role AS r ON r.id = x.role
		JOIN place AS p ON p.account_id = r.account_id AND p.partition = r.partition AND p.odd = r.odd),

	/* what has to be decided, and whose decisions it is */
	unit AS MATERIALIZED (
		SELECT row_number() OVER () AS id, u.*
		FROM (SELECT g.state, g.role, g.action, g.id AS alike, NULL::bigint AS same, NULL::arn AS role_arn, a.principal, a.kind, a.account_id, a.caller, true AS outside,
					 false AS allows, false AS denies, '{}'::bigint[] AS documents, NULL::arn AS boundary
			  FROM alike AS g JOIN asker AS a ON a.id = g.asker
			  WHERE g.kind <> 'member'
			  UNION ALL
			  SELECT g.state || s.state, g.role, g.action, g.id, s.id, NULL, NULL, s.kind, s.account_id, i.caller, false, s.allows, s.denies, s.documents, s.boundary
			  FROM (SELECT g.id, g.role, g.action, g.state, s.id AS same
					FROM alike AS g
					JOIN same AS s ON s.account_id = g.account_id AND s.place IS NULL
					WHERE g.kind = 'member' AND (g.bare OR s.may_allow OR include_denied)
					UNION ALL
					SELECT g.id, g.role, g.action, g.state, s.id
					FROM alike AS g
					JOIN same AS s ON s.place = g.place AND s.account_id = g.account_id AND NOT s.by_role
					WHERE g.kind = 'member' AND (g.bare OR s.may_allow OR include_denied)) AS g
			  JOIN same AS s ON s.id = g.same
			  JOIN asking AS i ON i.account_id = s.account_id AND i.arn = s.arn
			  UNION ALL
			  SELECT NULL, c.role, 'sts:AssumeRole', NULL, s.id, q.arn, NULL, s.kind, s.account_id, i.caller, false, s.allows, s.denies, s.documents, s.boundary
			  FROM (SELECT r.role, c.same FROM close AS c JOIN close_role AS r ON r.alike = c.alike WHERE c.every_role
					UNION
					SELECT m.role, m.same
					FROM (SELECT m.role, m.document
						  FROM (SELECT m.role, m.document, q.request
								FROM (SELECT DISTINCT m.role, m.document FROM may AS m) AS m
								JOIN asked AS q ON q.role = m.role AND q.action = 'sts:AssumeRole'
								UNION ALL
								/* more rows than there are documents: those are hashed */
								SELECT NULL, NULL, NULL FROM generate_series(1, v_none)) AS m
						  LEFT JOIN open_document AS d ON d.id = m.document
						  WHERE d.id IS NULL OR iam_policy_says(d.policy, m.request) % 3 > 0) AS x
					JOIN may AS m ON m.role = x.role AND m.document = x.document) AS c
			  JOIN asked AS q ON q.role = c.role AND q.action = 'sts:AssumeRole'
			  JOIN same AS s ON s.id = c.same
			  JOIN asking AS i ON i.account_id = s.account_id AND i.arn = s.arn
			  UNION ALL
			  SELECT NULL, x.role, 'sts:AssumeRole', NULL, NULL, q.arn, x.arn::text, i.kind, x.account_id, a.caller, false,
					 coalesce(h.allows, g.allows, false), coalesce(h.denies, g.denies, false), coalesce(h.documents, g.documents, '{}'), i.permissions_boundary
			  FROM pair AS x
			  JOIN person AS i ON i.account_id = x.account_id AND i.arn = x.arn
			  JOIN asked AS q ON q.role = x.role AND q.action = 'sts:AssumeRole'
			  JOIN asking AS a ON a.account_id = x.account_id AND a.arn = x.arn
			  LEFT JOIN held AS h ON h.place = q.place AND h.account_id = x.account_id AND h.arn = x.arn
			  LEFT JOIN held AS g ON g.partition = q.partition AND g.account_id = x.account_id AND g.arn = x.arn AND q.odd = ''
			  WHERE include_denied OR iam_effect_allows(iam_policy_effect(q.trust, 'trust', q.request, a.caller)) IS NOT FALSE) AS u),
	/* each decision that is to be made, once */
	decision AS MATERIALIZED (
		SELECT min(u.id) AS id, array_agg(u.id) AS units
		FROM unit AS u
		GROUP BY coalesce(u.state, u.id::text)),
	question AS MATERIALIZED (
		SELECT u.id, u.kind, u.account_id, u.caller, u.outside, u.allows, u.denies, u.documents, u.boundary, q.request, q.trust,
			   q.account_id AS role_account
		FROM decision AS d
		JOIN unit AS u ON u.id = d.id
		JOIN asked AS q ON q.role = u.role AND q.action = u.action),
	applicable AS (
		SELECT u.id, u.request, u.caller, 'trust'::iam_policy_kind AS kind, 0 AS level, iam_policy_effect(u.trust, 'trust', u.request, u.caller) AS effect
		FROM question AS u
		UNION ALL
		/* the identity side exists, empty or unknown */
		SELECT u.id, NULL, NULL, 'identity', 0, CASE WHEN u.outside THEN iam_policy_effect(NULL, 'identity', u.request, u.caller) END
		FROM question AS u
		UNION ALL
		/* what is definite, as one statement */
		SELECT u.id, NULL, NULL, 'identity', 0, iam_policy_effect(v_allow, 'identity', u.request, NULL)
		FROM question AS u
		WHERE u.allows
		UNION ALL
		SELECT u.id, NULL, NULL, 'identity', 0, iam_policy_effect(v_deny, 'identity', u.request, NULL)
		FROM question AS u
		WHERE u.denies
		UNION ALL
		SELECT u.id, NULL, NULL, 'identity', 0, iam_policy_effect(d.policy, 'identity', u.request, u.caller)
		FROM (SELECT u.id, u.request, u.caller, x.id AS document FROM question AS u CROSS JOIN LATERAL unnest(u.documents) AS x (id)
			  UNION ALL
			  SELECT NULL, NULL, NULL, NULL FROM generate_series(1, v_none)) AS u
		LEFT JOIN open_document AS d ON d.id = u.document
		UNION ALL
		SELECT u.id, NULL, NULL, 'boundary', 0, iam_policy_effect(b.policy, 'boundary', u.request, u.caller)
		FROM question AS u
		JOIN boundary AS b ON b.account_id = u.account_id AND b.arn = u.boundary
		UNION ALL
		SELECT u.id, NULL, NULL, c.kind, c.level, CASE WHEN c.present THEN iam_policy_effect(c.policy, c.kind, u.request, u.caller) END
		FROM question AS u
		JOIN control AS c ON c.account_id = u.account_id AND c.kind = 'scp'
		WHERE u.kind <> 'provider'
		UNION ALL
		SELECT u.id, NULL, NULL, c.kind, c.level, CASE WHEN c.present THEN iam_policy_effect(c.policy, c.kind, u.request, u.caller) END
		FROM question AS u
		JOIN control AS c ON c.account_id = u.role_account AND c.kind = 'rcp'),
	decided AS (
		SELECT a.id, iam_decide(a.request, a.caller, a.kind, a.level, a.effect) AS decision,
			   iam_decide_conditions(a.request, a.caller, a.kind, a.level, a.effect) AS conditions
		FROM applicable AS a
		GROUP BY a.id)
	SELECT r.arn, p.principal, u.kind, u.account_id, d.decision, d.conditions
	FROM (SELECT d.decision, d.conditions, u.id
		  FROM decided AS d
		  JOIN decision AS s ON s.id = d.id
		  CROSS JOIN LATERAL unnest(s.units) AS u (id)
		  WHERE include_denied OR d.decision >= 'conditional') AS d
	JOIN unit AS u ON u.id = d.id
	LEFT JOIN alike AS g ON g.id = coalesce(u.alike, -u.id)
	LEFT JOIN same AS s ON s.id = coalesce(u.same, -u.id)
	CROSS JOIN LATERAL unnest(coalesce(g.arns, ARRAY[u.role_arn])) AS r (arn)
	CROSS JOIN LATERAL unnest(coalesce(s.arns, ARRAY[u.principal])) AS p (principal);
END $$;
COMMENT ON FUNCTION iam_assume_step(arn[], json, boolean, boolean, text[]) IS 'Who can assume each of some roles, or of all roles of some accounts, in one step: stored users and roles, and services, providers and foreign principals that the trust policies name';

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
SET jit = off SET plan_cache_mode = force_generic_plan
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
