/*
 * Review views for reporting tools: identities, their credentials and what is
 * attached to them.  Plain columns only: ARNs, verdicts and lists are text, so that
 * JDBC and ODBC read them.
 */

CREATE VIEW iam_review_principals WITH (security_invoker = true) AS
	WITH credential AS (
		SELECT c.account_id, c.user_arn,
			   bool_or(c.kind = 'password' AND c.active) AS has_password,
			   bool_or(c.kind = 'mfa_device' AND c.active) AS has_mfa,
			   count(*) FILTER (WHERE c.kind = 'access_key' AND c.active) AS active_access_keys,
			   count(*) FILTER (WHERE c.kind = 'access_key') AS access_keys,
			   max(c.last_used_at) AS last_used_at
		FROM iam_credential AS c
		GROUP BY c.account_id, c.user_arn),
	accessed AS (
		SELECT s.account_id, s.identity_arn, max(s.last_accessed_at) AS last_used_at
		FROM iam_service_last_accessed AS s
		GROUP BY s.account_id, s.identity_arn),
	principal AS (
		SELECT i.account_id, i.arn, i.kind, i.name, i.path, i.unique_id, i.created_at, i.last_used_at, i.permissions_boundary, i.tags
		FROM iam_identity AS i
		WHERE i.kind IN ('user', 'role')
		UNION ALL
		SELECT DISTINCT c.account_id, c.user_arn, 'root', 'root', '/', NULL, NULL::timestamptz, NULL::timestamptz, NULL::arn, NULL::jsonb
		FROM iam_credential AS c
		WHERE c.user_arn::text LIKE 'arn:%:iam::%:root')
	SELECT p.account_id, a.name AS account_name, p.arn::text AS arn, p.kind, p.name, p.path, p.unique_id, p.created_at,
		   greatest(p.last_used_at, c.last_used_at, s.last_used_at) AS last_used_at,
		   c.user_arn IS NOT NULL AS credentials_known,
		   c.has_password, c.has_mfa, c.active_access_keys, c.access_keys,
		   (SELECT string_agg(substring(m.group_arn::text FROM '[^/]*$'), ', ' ORDER BY m.group_arn)
			FROM iam_group_member AS m
			WHERE m.account_id = p.account_id AND m.user_arn = p.arn) AS groups,
		   (SELECT count(*) FROM iam_attachment AS t WHERE t.account_id = p.account_id AND t.identity_arn = p.arn) AS attached_policies,
		   (SELECT count(*) FROM iam_inline_policy AS n WHERE n.account_id = p.account_id AND n.identity_arn = p.arn) AS inline_policies,
		   p.permissions_boundary::text AS permissions_boundary, p.tags::text AS tags
	FROM principal AS p
	LEFT JOIN iam_account AS a ON a.account_id = p.account_id
	LEFT JOIN credential AS c ON c.account_id = p.account_id AND c.user_arn = p.arn
	LEFT JOIN accessed AS s ON s.account_id = p.account_id AND s.identity_arn = p.arn;

COMMENT ON VIEW iam_review_principals IS 'users and roles, and the root users whose credentials are known, with their last use and credentials';
COMMENT ON COLUMN iam_review_principals.account_id IS 'account of the principal';
COMMENT ON COLUMN iam_review_principals.account_name IS 'name of the account, where it is stored';
COMMENT ON COLUMN iam_review_principals.arn IS 'ARN with path';
COMMENT ON COLUMN iam_review_principals.kind IS 'user, role or root';
COMMENT ON COLUMN iam_review_principals.name IS 'name without path';
COMMENT ON COLUMN iam_review_principals.path IS 'path, beginning and ending with a slash';
COMMENT ON COLUMN iam_review_principals.unique_id IS 'unique id: AIDA... or AROA...';
COMMENT ON COLUMN iam_review_principals.created_at IS 'when it was created';
COMMENT ON COLUMN iam_review_principals.last_used_at IS 'latest use that the export, the credentials or the services tell of; NULL: none known';
COMMENT ON COLUMN iam_review_principals.credentials_known IS 'whether anything is known of its credentials; where not, the columns on them are NULL';
COMMENT ON COLUMN iam_review_principals.has_password IS 'whether it has a console password';
COMMENT ON COLUMN iam_review_principals.has_mfa IS 'whether it has an MFA device';
COMMENT ON COLUMN iam_review_principals.active_access_keys IS 'number of access keys that can be used';
COMMENT ON COLUMN iam_review_principals.access_keys IS 'number of access keys';
COMMENT ON COLUMN iam_review_principals.groups IS 'names of its groups, with commas between';
COMMENT ON COLUMN iam_review_principals.attached_policies IS 'number of managed policies attached to itself';
COMMENT ON COLUMN iam_review_principals.inline_policies IS 'number of inline policies of its own';
COMMENT ON COLUMN iam_review_principals.permissions_boundary IS 'ARN of its permissions boundary';
COMMENT ON COLUMN iam_review_principals.tags IS 'its tags as a JSON object';

/*
 * Findings on credentials.  Ninety days is what the usual benchmarks ask for; the
 * days stand in columns of their own, so that a report can draw its own line.
 */
CREATE VIEW iam_review_credentials WITH (security_invoker = true) AS
	WITH credential AS (
		SELECT c.*, c.user_arn::text LIKE 'arn:%:root' AS is_root,
			   floor(extract(epoch FROM transaction_timestamp() - coalesce(c.rotated_at, c.created_at)) / 86400)::integer AS age_days,
			   floor(extract(epoch FROM transaction_timestamp() - coalesce(c.last_used_at, c.rotated_at, c.created_at)) / 86400)::integer AS unused_days,
			   EXISTS (SELECT FROM iam_credential AS m
					   WHERE m.account_id = c.account_id AND m.user_arn = c.user_arn AND m.kind = 'mfa_device' AND m.active) AS has_mfa
		FROM iam_credential AS c)
	SELECT c.account_id, c.user_arn::text AS user_arn, substring(c.user_arn::text FROM '[^/:]*$') AS user_name,
		   c.kind, c.identifier, c.active, c.created_at, c.rotated_at, c.last_used_at, c.last_used_service, c.last_used_region,
		   c.age_days, c.unused_days, f.finding
	FROM credential AS c
	CROSS JOIN LATERAL (
		VALUES
			('no MFA', c.kind = 'password' AND c.active AND NOT c.has_mfa AND NOT c.is_root
				OR c.kind = 'mfa_device' AND NOT c.has_mfa AND c.is_root),
			('access key of the root user', c.kind = 'access_key' AND c.active AND c.is_root),
			('not rotated for 90 days', c.kind IN ('access_key', 'signing_certificate') AND c.active AND c.age_days > 90),
			('not used for 90 days', c.kind IN ('access_key', 'password') AND c.active AND c.unused_days > 90 AND NOT c.is_root),
			('never used', c.kind = 'access_key' AND c.active AND c.last_used_at IS NULL),
			('inactive key not deleted', c.kind IN ('access_key', 'signing_certificate') AND NOT c.active)) AS f (finding, holds)
	WHERE f.holds;

COMMENT ON VIEW iam_review_credentials IS 'users without MFA, stale keys and other findings on credentials, one row for each finding';
COMMENT ON COLUMN iam_review_credentials.account_id IS 'account of the user';
COMMENT ON COLUMN iam_review_credentials.user_arn IS 'ARN of the user, or of the root user';
COMMENT ON COLUMN iam_review_credentials.user_name IS 'name of the user; root for the root user';
COMMENT ON COLUMN iam_review_credentials.kind IS 'access_key, password, mfa_device or signing_certificate';
COMMENT ON COLUMN iam_review_credentials.identifier IS 'which of them, where there can be several';
COMMENT ON COLUMN iam_review_credentials.active IS 'whether it can be used';
COMMENT ON COLUMN iam_review_credentials.created_at IS 'when it was created';
COMMENT ON COLUMN iam_review_credentials.rotated_at IS 'when it was last rotated or changed';
COMMENT ON COLUMN iam_review_credentials.last_used_at IS 'when it was last used; NULL: never, or not known';
COMMENT ON COLUMN iam_review_credentials.last_used_service IS 'service an access key was last used with';
COMMENT ON COLUMN iam_review_credentials.last_used_region IS 'region an access key was last used in';
COMMENT ON COLUMN iam_review_credentials.age_days IS 'days since it was rotated or created';
COMMENT ON COLUMN iam_review_credentials.unused_days IS 'days since it was used or, never used, since it was rotated or created';
COMMENT ON COLUMN iam_review_credentials.finding IS 'what is wrong with it';

/*
 * Who may do what an administrator may.  An administrator is a principal that may
 * rewrite the permissions of users, roles and policies it has nothing to do with:
 * it can give itself whatever it lacks.  That is asked of the evaluator, about
 * a user, a role and a policy of names that nobody has, with all gates (identity
 * policies, boundary, service control policies), and a further probe with an
 * action of no service tells everything from the administration of IAM.
 *
 * First each distinct document of an account alone, asked about somebody of it;
 * the holders of those that may say yes are then decided one by one.
 */
CREATE VIEW iam_review_administrators WITH (security_invoker = true) AS
	WITH probe (action, kind) AS (
		VALUES ('iam:AttachUserPolicy', 'user'), ('iam:PutRolePolicy', 'role'), ('iam:UpdateAssumeRolePolicy', 'role'),
			   ('iam:CreatePolicyVersion', 'policy'), ('zz-review:Probe', NULL)),
	account AS MATERIALIZED (
		SELECT i.account_id, min(arn_partition(i.arn)) AS partition
		FROM iam_identity AS i
		GROUP BY i.account_id),
	request AS MATERIALIZED (
		SELECT a.account_id, p.action, p.kind IS NULL AS is_any,
			   iam_request(p.action, coalesce(format('arn:%s:iam::%s:%s/zz-review-probe', a.partition, a.account_id, p.kind), '*'),
						   '{}', a.account_id, true,
						   json_build_object(
								'current_time', to_char(transaction_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
								'epoch_time', floor(extract(epoch FROM transaction_timestamp()))::bigint::text)) AS request,
			   iam_caller(a.account_id, '{"any_principal": true}') AS somebody
		FROM account AS a CROSS JOIN probe AS p),
	document AS (
		SELECT DISTINCT p.account_id, p.policy
		FROM iam_identity_policy AS p
		WHERE NOT p.is_boundary AND p.policy IS NOT NULL),
	granting AS MATERIALIZED (
		SELECT d.account_id, d.policy, r.action, r.is_any
		FROM document AS d
		JOIN request AS r ON r.account_id = d.account_id AND iam_policy_may_match(d.policy, r.request)
		WHERE (SELECT iam_decide(r.request, r.somebody, e.kind, 0, e.effect)
			   FROM (VALUES ('identity'::iam_policy_kind, iam_policy_effect(d.policy, 'identity', r.request, r.somebody))) AS e (kind, effect))
			  >= 'conditional'),
	/* a document that could not be read may say anything */
	held AS MATERIALIZED (
		SELECT p.account_id, p.identity_arn, p.group_arn, p.name, g.action, g.is_any
		FROM iam_identity_policy AS p
		JOIN granting AS g ON g.account_id = p.account_id AND g.policy = p.policy
		WHERE NOT p.is_boundary
		UNION ALL
		SELECT p.account_id, p.identity_arn, p.group_arn, p.name, r.action, r.is_any
		FROM iam_identity_policy AS p
		JOIN request AS r ON r.account_id = p.account_id
		WHERE NOT p.is_boundary AND p.policy IS NULL),
	holder AS MATERIALIZED (
		SELECT h.account_id, i.arn, i.kind, i.name,
			   iam_identity_caller(i.arn, i.unique_id, i.permissions_boundary IS NOT NULL, i.tags,
								   iam_account_caller(f.account_id, false, f.canonical_user_id, f.organization_id, f.organization_path,
													  f.organization_known, f.in_management_account)) AS caller
		FROM (SELECT h.account_id, h.identity_arn
			  FROM held AS h
			  WHERE NOT h.is_any
			  GROUP BY h.account_id, h.identity_arn
			  HAVING count(DISTINCT h.action) = (SELECT count(*) FROM probe AS p WHERE p.kind IS NOT NULL)) AS h
		JOIN iam_identity AS i ON i.account_id = h.account_id AND i.arn = h.identity_arn AND i.kind IN ('user', 'role')
		JOIN iam_organization_facts(ARRAY(SELECT DISTINCT x.account_id FROM held AS x)) AS f ON f.account_id = h.account_id),
	scp AS MATERIALIZED (
		SELECT a.account_id, p.level, p.policy, p.present
		FROM (SELECT DISTINCT h.account_id FROM holder AS h) AS a
		CROSS JOIN LATERAL iam_control_policies(a.account_id, 'SERVICE_CONTROL_POLICY') AS p),
	/* one row for each gate, also where it is empty; OFFSET 0: look up the policies of each holder, do not join all */
	applicable AS (
		SELECT h.account_id, h.arn, h.caller, r.action, r.is_any, r.request, 'identity'::iam_policy_kind AS kind, 0 AS level, NULL::iam_effect AS effect
		FROM holder AS h
		JOIN request AS r ON r.account_id = h.account_id
		UNION ALL
		SELECT h.account_id, h.arn, h.caller, r.action, r.is_any, r.request, k.kind, 0, iam_policy_effect(p.policy, k.kind, r.request, h.caller)
		FROM holder AS h
		CROSS JOIN LATERAL (
			SELECT i.is_boundary, i.policy
			FROM iam_identity_policy AS i
			WHERE i.account_id = h.account_id AND i.identity_arn = h.arn
			OFFSET 0) AS p
		JOIN request AS r ON r.account_id = h.account_id
		CROSS JOIN LATERAL (SELECT CASE WHEN p.is_boundary THEN 'boundary' ELSE 'identity' END::iam_policy_kind) AS k (kind)
		WHERE p.is_boundary OR p.policy IS NULL OR iam_policy_may_match(p.policy, r.request)
		UNION ALL
		SELECT h.account_id, h.arn, h.caller, r.action, r.is_any, r.request, 'scp', p.level,
			   CASE WHEN p.present THEN iam_policy_effect(p.policy, 'scp', r.request, h.caller) END
		FROM holder AS h
		JOIN request AS r ON r.account_id = h.account_id
		JOIN scp AS p ON p.account_id = h.account_id),
	decided AS (
		SELECT a.account_id, a.arn, a.action, a.is_any,
			   iam_decide(a.request, a.caller, a.kind, a.level, a.effect) AS decision,
			   iam_decide_conditions(a.request, a.caller, a.kind, a.level, a.effect) AS conditions
		FROM applicable AS a
		GROUP BY a.account_id, a.arn, a.action, a.is_any),
	administrator AS MATERIALIZED (
		SELECT d.account_id, d.arn, min(d.decision) FILTER (WHERE NOT d.is_any) AS decision,
			   bool_or(d.is_any AND d.decision >= 'conditional') AS is_any,
			   (array_agg(d.conditions ORDER BY d.decision, d.action) FILTER (WHERE NOT d.is_any))[1] AS conditions
		FROM decided AS d
		GROUP BY d.account_id, d.arn)
	SELECT d.account_id, a.name AS account_name, d.arn::text AS principal, h.kind, h.name,
		   CASE WHEN d.is_any THEN 'everything' ELSE 'IAM' END AS administers,
		   d.decision::text AS decision, d.conditions::text AS conditions,
		   t.name AS policy, CASE WHEN t.name = t.group_arn::text THEN 'unknown' WHEN t.name LIKE 'arn:%' THEN 'attached' ELSE 'inline' END AS policy_kind,
		   t.group_arn::text AS group_arn
	FROM administrator AS d
	JOIN holder AS h ON h.account_id = d.account_id AND h.arn = d.arn
	JOIN (SELECT DISTINCT t.account_id, t.identity_arn, t.name, t.group_arn FROM held AS t WHERE NOT t.is_any) AS t
		ON t.account_id = d.account_id AND t.identity_arn = d.arn
	LEFT JOIN iam_account AS a ON a.account_id = d.account_id
	WHERE d.decision >= 'conditional';

COMMENT ON VIEW iam_review_administrators IS 'users and roles that can give themselves every permission of their account, with each policy that lets them; root users, who always can, are not listed';
COMMENT ON COLUMN iam_review_administrators.account_id IS 'account of the principal';
COMMENT ON COLUMN iam_review_administrators.account_name IS 'name of the account, where it is stored';
COMMENT ON COLUMN iam_review_administrators.principal IS 'ARN of the user or role';
COMMENT ON COLUMN iam_review_administrators.kind IS 'user or role';
COMMENT ON COLUMN iam_review_administrators.name IS 'name without path';
COMMENT ON COLUMN iam_review_administrators.administers IS 'everything, or IAM and by it everything';
COMMENT ON COLUMN iam_review_administrators.decision IS 'allowed, or conditional';
COMMENT ON COLUMN iam_review_administrators.conditions IS 'what must hold, as a JSON tree';
COMMENT ON COLUMN iam_review_administrators.policy IS 'a policy that lets it: ARN of a managed policy, name of an inline one, or ARN of a group that is not in the tables';
COMMENT ON COLUMN iam_review_administrators.policy_kind IS 'attached, inline or, of a group that is not in the tables, unknown';
COMMENT ON COLUMN iam_review_administrators.group_arn IS 'the group a user has the policy from; NULL: its own';

/* References to what is not there; the verdicts they bear on are conditional. */
CREATE VIEW iam_review_dangling WITH (security_invoker = true) AS
	SELECT 'attachment' AS reference, a.account_id, a.identity_arn::text AS object_arn, a.policy_arn::text AS missing,
		   CASE WHEN c.arn IS NULL AND w.arn IS NULL THEN 'the attached policy is not in the tables'
				ELSE 'the document of the attached policy is missing or could not be read' END AS finding
	FROM iam_attachment AS a
	LEFT JOIN iam_customer_policy AS c ON c.account_id = a.account_id AND c.arn = a.policy_arn
	LEFT JOIN iam_aws_policy AS w ON w.arn = a.policy_arn
	WHERE c.policy IS NULL AND w.policy IS NULL
	UNION ALL
	SELECT 'permissions boundary', i.account_id, i.arn::text, i.permissions_boundary::text,
		   CASE WHEN c.arn IS NULL AND w.arn IS NULL THEN 'the permissions boundary is not in the tables'
				ELSE 'the document of the permissions boundary is missing or could not be read' END
	FROM iam_identity AS i
	LEFT JOIN iam_customer_policy AS c ON c.account_id = i.account_id AND c.arn = i.permissions_boundary
	LEFT JOIN iam_aws_policy AS w ON w.arn = i.permissions_boundary
	WHERE i.permissions_boundary IS NOT NULL AND c.policy IS NULL AND w.policy IS NULL
	UNION ALL
	SELECT 'group membership', m.account_id, m.user_arn::text, m.group_arn::text, 'the group is not in the tables'
	FROM iam_group_member AS m
	WHERE NOT EXISTS (SELECT FROM iam_identity AS g WHERE g.account_id = m.account_id AND g.arn = m.group_arn)
	UNION ALL
	SELECT 'instance profile', p.account_id, p.arn::text, p.role_arn::text, 'the role of the instance profile is not in the tables'
	FROM iam_instance_profile AS p
	WHERE p.role_arn IS NOT NULL
		AND NOT EXISTS (SELECT FROM iam_identity AS r WHERE r.account_id = p.account_id AND r.arn = p.role_arn)
	UNION ALL
	SELECT 'trust policy', i.account_id, i.arn::text, NULL, 'the trust policy is missing or could not be read'
	FROM iam_identity AS i
	LEFT JOIN iam_trust AS t ON t.account_id = i.account_id AND t.role_arn = i.arn
	WHERE i.kind = 'role' AND t.policy IS NULL
	UNION ALL
	SELECT 'control policy', CASE WHEN t.target_id ~ '^[0-9]{12}$' THEN t.target_id END, t.target_id, t.policy_id,
		   CASE WHEN p.policy_id IS NULL THEN 'the control policy is not in the tables'
				ELSE 'the document of the control policy is missing or could not be read' END
	FROM iam_control_policy_target AS t
	LEFT JOIN iam_control_policy AS p ON p.policy_id = t.policy_id
	WHERE p.policy IS NULL AND t.policy_id NOT IN ('p-FullAWSAccess', 'p-RCPFullAWSAccess');

COMMENT ON VIEW iam_review_dangling IS 'attachments, boundaries and other references to what the tables do not hold';
COMMENT ON COLUMN iam_review_dangling.reference IS 'attachment, permissions boundary, group membership, instance profile, trust policy or control policy';
COMMENT ON COLUMN iam_review_dangling.account_id IS 'account of the object; NULL for a root or organizational unit';
COMMENT ON COLUMN iam_review_dangling.object_arn IS 'the object that refers to it; the id of a target of a control policy';
COMMENT ON COLUMN iam_review_dangling.missing IS 'what is missing; NULL for a trust policy, which has no name';
COMMENT ON COLUMN iam_review_dangling.finding IS 'what is wrong';

/* What DeleteUser wants to have removed first. */
CREATE VIEW iam_review_user_deletion WITH (security_invoker = true) AS
	SELECT i.account_id, i.arn::text AS user_arn, i.name AS user_name, b.blocker, b.object, b.remove_with
	FROM iam_identity AS i
	CROSS JOIN LATERAL (
		SELECT replace(replace(replace(replace(c.kind, 'password', 'login profile'), 'mfa_device', 'MFA device'),
							   'access_key', 'access key'), 'signing_certificate', 'signing certificate'),
			   c.identifier,
			   CASE c.kind WHEN 'password' THEN 'iam:DeleteLoginProfile'
						   WHEN 'access_key' THEN 'iam:DeleteAccessKey'
						   WHEN 'mfa_device' THEN 'iam:DeactivateMFADevice'
						   ELSE 'iam:DeleteSigningCertificate' END
		FROM iam_credential AS c
		WHERE c.account_id = i.account_id AND c.user_arn = i.arn
			AND (c.active OR c.kind IN ('access_key', 'signing_certificate'))
		UNION ALL
		SELECT 'credentials not known', NULL, NULL
		WHERE NOT EXISTS (SELECT FROM iam_credential AS c WHERE c.account_id = i.account_id AND c.user_arn = i.arn)
		UNION ALL
		SELECT 'group membership', m.group_arn::text, 'iam:RemoveUserFromGroup'
		FROM iam_group_member AS m
		WHERE m.account_id = i.account_id AND m.user_arn = i.arn
		UNION ALL
		SELECT 'attached policy', a.policy_arn::text, 'iam:DetachUserPolicy'
		FROM iam_attachment AS a
		WHERE a.account_id = i.account_id AND a.identity_arn = i.arn
		UNION ALL
		SELECT 'inline policy', p.name, 'iam:DeleteUserPolicy'
		FROM iam_inline_policy AS p
		WHERE p.account_id = i.account_id AND p.identity_arn = i.arn) AS b (blocker, object, remove_with)
	WHERE i.kind = 'user';

COMMENT ON VIEW iam_review_user_deletion IS 'what must be removed before a user can be deleted; keys for SSH and service-specific credentials are in no table';
COMMENT ON COLUMN iam_review_user_deletion.account_id IS 'account of the user';
COMMENT ON COLUMN iam_review_user_deletion.user_arn IS 'ARN of the user';
COMMENT ON COLUMN iam_review_user_deletion.user_name IS 'name of the user';
COMMENT ON COLUMN iam_review_user_deletion.blocker IS 'kind of what is in the way; credentials not known: nothing is stored of the user''s credentials';
COMMENT ON COLUMN iam_review_user_deletion.object IS 'which one';
COMMENT ON COLUMN iam_review_user_deletion.remove_with IS 'action that removes it';

/*
 * Quotas (QUOTA-1, QUOTA-2, SCP-13).  White space does not count, except in control
 * policies, whose stored text has none any more: theirs may be larger in AWS.
 */
CREATE VIEW iam_review_quota_usage WITH (security_invoker = true) AS
	WITH usage (quota, account_id, object, used) AS (
		SELECT 'managed_policies_per_' || i.kind, a.account_id, a.identity_arn::text, count(*)
		FROM iam_attachment AS a
		JOIN iam_identity AS i ON i.account_id = a.account_id AND i.arn = a.identity_arn
		GROUP BY i.kind, a.account_id, a.identity_arn
		UNION ALL
		SELECT 'groups_per_user', m.account_id, m.user_arn::text, count(*)
		FROM iam_group_member AS m
		GROUP BY m.account_id, m.user_arn
		UNION ALL
		SELECT 'versions_per_managed_policy', v.account_id, v.arn::text, count(*)
		FROM iam_managed_policy_version AS v
		WHERE v.account_id <> 'aws'
		GROUP BY v.account_id, v.arn
		UNION ALL
		SELECT 'access_keys_per_user', c.account_id, c.user_arn::text, count(*)
		FROM iam_credential AS c
		WHERE c.kind = 'access_key'
		GROUP BY c.account_id, c.user_arn
		UNION ALL
		SELECT 'tags_per_identity', i.account_id, i.arn::text, (SELECT count(*) FROM jsonb_object_keys(i.tags))
		FROM iam_identity AS i
		WHERE i.tags <> '{}'
		UNION ALL
		SELECT i.kind || 's_per_account', i.account_id, i.account_id, count(*)
		FROM iam_identity AS i
		GROUP BY i.kind, i.account_id
		UNION ALL
		SELECT 'customer_policies_per_account', p.account_id, p.account_id, count(*)
		FROM iam_customer_policy AS p
		GROUP BY p.account_id
		UNION ALL
		SELECT 'instance_profiles_per_account', p.account_id, p.account_id, count(*)
		FROM iam_instance_profile AS p
		GROUP BY p.account_id
		UNION ALL
		SELECT p.kind || '_providers_per_account', p.account_id, p.account_id, count(*)
		FROM iam_identity_provider AS p
		GROUP BY p.kind, p.account_id
		UNION ALL
		SELECT 'managed_policy_size', p.account_id, p.arn::text, length(regexp_replace(p.policy::text, '\s', '', 'g'))
		FROM iam_customer_policy AS p
		WHERE p.policy IS NOT NULL
		UNION ALL
		SELECT i.kind || '_inline_policies_size', p.account_id, p.identity_arn::text,
			   sum(length(regexp_replace(p.policy::text, '\s', '', 'g')))
		FROM iam_inline_policy AS p
		JOIN iam_identity AS i ON i.account_id = p.account_id AND i.arn = p.identity_arn
		WHERE p.policy IS NOT NULL
		GROUP BY i.kind, p.account_id, p.identity_arn
		UNION ALL
		SELECT 'trust_policy_size', t.account_id, t.role_arn::text, length(regexp_replace(t.policy::text, '\s', '', 'g'))
		FROM iam_trust AS t
		WHERE t.policy IS NOT NULL
		UNION ALL
		SELECT CASE p.type WHEN 'SERVICE_CONTROL_POLICY' THEN 'scp_size' ELSE 'rcp_size' END, NULL, p.policy_id, length(p.policy::text)
		FROM iam_control_policy AS p
		WHERE p.policy IS NOT NULL AND p.type IN ('SERVICE_CONTROL_POLICY', 'RESOURCE_CONTROL_POLICY')
		UNION ALL
		SELECT CASE p.type WHEN 'SERVICE_CONTROL_POLICY' THEN 'scps_per_target' ELSE 'rcps_per_target' END,
			   CASE WHEN t.target_id ~ '^[0-9]{12}$' THEN t.target_id END, t.target_id, count(*)
		FROM iam_control_policy_target AS t
		JOIN iam_control_policy AS p ON p.policy_id = t.policy_id
		WHERE p.type IN ('SERVICE_CONTROL_POLICY', 'RESOURCE_CONTROL_POLICY')
		GROUP BY p.type, t.target_id
		UNION ALL
		SELECT 'endpoint_policy_size', e.account_id, e.vpc_endpoint_id, length(e.policy::text)
		FROM iam_vpc_endpoint AS e
		WHERE e.policy IS NOT NULL)
	SELECT u.quota, u.account_id, u.object, u.used::bigint AS used, q.value AS quota_value,
		   round(100.0 * u.used / q.value, 1) AS percent, u.used > q.value AS exceeded
	FROM usage AS u
	CROSS JOIN LATERAL (SELECT iam_quota_value(u.quota)) AS q (value)
	WHERE q.value IS NOT NULL;

COMMENT ON VIEW iam_review_quota_usage IS 'how much of each quota is used, by the quotas in force (iam_quota_value)';
COMMENT ON COLUMN iam_review_quota_usage.quota IS 'name of the quota, as in iam_quota';
COMMENT ON COLUMN iam_review_quota_usage.account_id IS 'account of the object; NULL for what belongs to an organization';
COMMENT ON COLUMN iam_review_quota_usage.object IS 'what has the quota: an ARN or an id';
COMMENT ON COLUMN iam_review_quota_usage.used IS 'how much of it is used';
COMMENT ON COLUMN iam_review_quota_usage.quota_value IS 'the quota in force';
COMMENT ON COLUMN iam_review_quota_usage.percent IS 'used part of the quota in percent';
COMMENT ON COLUMN iam_review_quota_usage.exceeded IS 'whether more is used than the quota in force allows';
