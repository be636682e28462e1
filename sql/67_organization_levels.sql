/*
 * Where accounts stand in their organization, for any number of accounts at once:
 * levels from the root (0) down to the account, the facts that follow from them,
 * and the control policies on them (SCP-1, SCP-2, SCP-11, RCP-1).
 *
 * Accounts are given as an array and every table is joined once, so that a
 * question about everybody asks once and one about a single account is a few
 * index look-ups.
 */

/* From one account to the next by the index, whatever the number of identities. */
CREATE FUNCTION iam_stored_accounts() RETURNS TABLE (account_id text, partition text)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000
BEGIN ATOMIC
	WITH RECURSIVE v (id, arn) AS (
		(SELECT i.account_id, i.arn FROM iam_identity AS i ORDER BY i.account_id, i.arn LIMIT 1)
		UNION ALL
		SELECT n.account_id, n.arn
		FROM v
		CROSS JOIN LATERAL (SELECT i.account_id, i.arn FROM iam_identity AS i WHERE i.account_id > v.id ORDER BY i.account_id, i.arn LIMIT 1) AS n)
	SELECT v.id, arn_partition(v.arn) FROM v;
END;
COMMENT ON FUNCTION iam_stored_accounts() IS 'Accounts that have identities in the tables, and the partition these are of';

CREATE FUNCTION iam_organization_levels(account_ids text[])
RETURNS TABLE (account_id text, level integer, target_id text, complete boolean, path text)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 10
BEGIN ATOMIC
	WITH RECURSIVE up (account_id, depth, id, parent_id) AS (
		SELECT a.account_id, 0, a.account_id, a.parent_id
		FROM iam_account AS a
		WHERE a.account_id = ANY (account_ids) AND a.organization_id IS NOT NULL
		UNION ALL
		SELECT u.account_id, u.depth + 1, u.parent_id, o.parent_id
		FROM up AS u
		LEFT JOIN iam_organizational_unit AS o ON o.ou_id = u.parent_id
		WHERE u.parent_id IS NOT NULL AND u.depth < 12),
	chain AS (
		SELECT u.account_id, max(u.depth) AS top, coalesce(bool_or(u.depth > 0 AND u.id LIKE 'r-%'), false) AS complete,
			   string_agg(u.id || '/', '' ORDER BY u.depth DESC) FILTER (WHERE u.depth > 0) AS path
		FROM up AS u
		GROUP BY u.account_id)
	SELECT u.account_id, c.top - u.depth + CASE WHEN c.complete THEN 0 ELSE 1 END, u.id, c.complete, c.path
	FROM up AS u JOIN chain AS c ON c.account_id = u.account_id
	UNION ALL
	/* a chain that does not reach the root: what is above is not known */
	SELECT c.account_id, 0, NULL, false, NULL
	FROM chain AS c
	WHERE NOT c.complete;
END;
COMMENT ON FUNCTION iam_organization_levels(text[]) IS 'Levels of the organization above accounts, from the root (0) down to the account; no rows without an organization';

CREATE FUNCTION iam_organization_facts(account_ids text[])
RETURNS TABLE (account_id text, canonical_user_id text, organization_id text, organization_path text, organization_known boolean,
			   in_management_account boolean, public_access_block jsonb)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 10
BEGIN ATOMIC
	SELECT n.id, a.canonical_user_id, o.organization_id,
		   CASE WHEN l.complete THEN o.organization_id || '/' || l.path END,
		   coalesce(l.complete, false) AND o.organization_id IS NOT NULL,
		   coalesce(o.management_account_id = n.id, false), a.public_access_block
	FROM unnest(account_ids) AS n (id)
	LEFT JOIN iam_account AS a ON a.account_id = n.id
	LEFT JOIN LATERAL (
		SELECT o.organization_id, o.management_account_id
		FROM iam_organization AS o
		WHERE o.organization_id = a.organization_id
			OR a.organization_id IS NULL AND o.management_account_id = n.id
		LIMIT 1) AS o ON true
	LEFT JOIN iam_organization_levels(account_ids) AS l
		ON l.account_id = n.id AND l.level = CASE WHEN l.complete THEN 0 ELSE 1 END;
END;
COMMENT ON FUNCTION iam_organization_facts(text[]) IS 'What the tables know about accounts: canonical user id, organization and place in it, Block Public Access; one row an account';

/*
 * One row for each control policy, an empty level as a row that is not present.
 * A type that is enabled without a single policy stored was not exported: one
 * unknown row.
 */
CREATE FUNCTION iam_organization_control_policies(account_ids text[], type text)
RETURNS TABLE (account_id text, level integer, name text, policy iam_policy, present boolean)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 10
BEGIN ATOMIC
	WITH stored AS (
		SELECT EXISTS (SELECT FROM iam_control_policy_target AS t
					   LEFT JOIN iam_control_policy AS p ON p.policy_id = t.policy_id
					   WHERE coalesce(p.type, CASE t.policy_id WHEN 'p-FullAWSAccess' THEN 'SERVICE_CONTROL_POLICY'
															   WHEN 'p-RCPFullAWSAccess' THEN 'RESOURCE_CONTROL_POLICY' END)
							 = iam_organization_control_policies.type) AS any_policy),
	org AS (
		SELECT a.account_id, o.enabled_policy_types, s.any_policy
		FROM iam_account AS a
		JOIN iam_organization AS o ON o.organization_id = a.organization_id
		CROSS JOIN stored AS s
		WHERE a.account_id = ANY (account_ids)
			AND (o.feature_set IS NULL OR o.feature_set = 'ALL')),
	level AS MATERIALIZED (
		SELECT v.account_id, v.level, v.target_id
		FROM org AS o
		JOIN iam_organization_levels(account_ids) AS v ON v.account_id = o.account_id
		WHERE o.any_policy
			AND (o.enabled_policy_types IS NULL OR iam_organization_control_policies.type = ANY (o.enabled_policy_types)))
	SELECT l.account_id, l.level, coalesce(p.name, t.policy_id, l.target_id),
		   coalesce(p.policy, CASE t.policy_id
				WHEN 'p-FullAWSAccess' THEN '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'::iam_policy
				WHEN 'p-RCPFullAWSAccess' THEN '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}'::iam_policy
				END),
		   t.policy_id IS NOT NULL OR l.target_id IS NULL
	FROM level AS l
	LEFT JOIN (iam_control_policy_target AS t LEFT JOIN iam_control_policy AS p ON p.policy_id = t.policy_id)
		ON t.target_id = l.target_id
		AND coalesce(p.type, CASE t.policy_id WHEN 'p-FullAWSAccess' THEN 'SERVICE_CONTROL_POLICY'
											  WHEN 'p-RCPFullAWSAccess' THEN 'RESOURCE_CONTROL_POLICY'
											  ELSE iam_organization_control_policies.type END) = iam_organization_control_policies.type
	UNION ALL
	SELECT o.account_id, 0, iam_organization_control_policies.type, NULL, true
	FROM org AS o
	WHERE NOT o.any_policy AND iam_organization_control_policies.type = ANY (o.enabled_policy_types)
	UNION ALL
	/* attached to every level, and it cannot be detached */
	SELECT l.account_id, l.level, 'p-RCPFullAWSAccess',
		   '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}'::iam_policy, true
	FROM level AS l
	WHERE iam_organization_control_policies.type = 'RESOURCE_CONTROL_POLICY' AND l.target_id IS NOT NULL
		AND NOT EXISTS (SELECT FROM iam_control_policy_target AS t
						WHERE t.target_id = l.target_id AND t.policy_id = 'p-RCPFullAWSAccess');
END;
COMMENT ON FUNCTION iam_organization_control_policies(text[], text) IS 'Service or resource control policies above accounts, level by level; a NULL policy that is present could not be read';

/* A caller with the facts about its account; `any_principal`: some principal of it, whichever. */
CREATE FUNCTION iam_account_caller(principal text, any_principal boolean, canonical_user_id text, organization_id text,
								   organization_path text, organization_known boolean, in_management_account boolean)
RETURNS iam_caller
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 30
AS 'MODULE_PATHNAME', 'iam_account_caller';
COMMENT ON FUNCTION iam_account_caller(text, boolean, text, text, text, boolean, boolean) IS 'A caller with what the tables know about its account; NULLs are absent';

/* Facts for iam_request that follow from the account that owns the resource, and those of the moment. */
CREATE FUNCTION iam_owner_facts(organization_id text, organization_path text, organization_known boolean, in_management_account boolean)
RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE
RETURN json_strip_nulls(json_build_object(
	'organization_id', organization_id, 'organization_path', organization_path,
	'organization_known', organization_known, 'in_management_account', in_management_account,
	'rcp_services', CASE WHEN EXISTS (SELECT FROM iam_rcp_service_override) THEN iam_rcp_services() END,
	'current_time', to_char(transaction_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
	'epoch_time', floor(extract(epoch FROM transaction_timestamp()))::bigint::text));
COMMENT ON FUNCTION iam_owner_facts(text, text, boolean, boolean) IS 'Facts about a resource that its owner''s account and the moment give, in the form iam_request takes';

/* The most restrictive of a bucket's and its account's (S3-3). */
CREATE FUNCTION iam_public_access_block(bucket jsonb, account jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT jsonb_object_agg(m.member, coalesce(bucket -> m.member = 'true', false) OR coalesce(account -> m.member = 'true', false))
	FROM unnest(ARRAY['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets']) AS m (member);
END;
COMMENT ON FUNCTION iam_public_access_block(jsonb, jsonb) IS 'Block Public Access in force on a bucket; a setting that is absent, or NULL, blocks nothing';
