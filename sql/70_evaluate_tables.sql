/*
 * Evaluation over the tables: what applies to a principal and a resource, gathered
 * into rows for iam_decide (spec section 8, CTX-17, ARN-12, ARN-14).
 *
 * What the tables do not hold is said in the assumptions, or is a document that
 * could not be read: unknown, never silently an allow or a deny.
 *
 * All queries here look up single keys, which one plan serves for ever.
 */

/* The organization side of an account: levels from the root (0) down to the account. */
CREATE FUNCTION iam_account_levels(account text)
RETURNS TABLE (level integer, target_id text, complete boolean, path text)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 4
BEGIN ATOMIC
	WITH RECURSIVE up (depth, id, parent_id) AS (
		SELECT 0, a.account_id, a.parent_id
		FROM iam_account AS a
		WHERE a.account_id = account AND a.organization_id IS NOT NULL
		UNION ALL
		SELECT u.depth + 1, u.parent_id, o.parent_id
		FROM up AS u
		LEFT JOIN iam_organizational_unit AS o ON o.ou_id = u.parent_id
		WHERE u.parent_id IS NOT NULL AND u.depth < 12),
	chain AS (
		SELECT max(u.depth) AS top, coalesce(bool_or(u.depth > 0 AND u.id LIKE 'r-%'), false) AS complete,
			   string_agg(u.id || '/', '' ORDER BY u.depth DESC) FILTER (WHERE u.depth > 0) AS path
		FROM up AS u)
	SELECT c.top - u.depth + CASE WHEN c.complete THEN 0 ELSE 1 END, u.id, c.complete, c.path
	FROM up AS u CROSS JOIN chain AS c
	UNION ALL
	/* a chain that does not reach the root: what is above is not known */
	SELECT 0, NULL, false, NULL
	FROM chain AS c
	WHERE c.top IS NOT NULL AND NOT c.complete;
END;
COMMENT ON FUNCTION iam_account_levels(text) IS 'Levels of the organization above an account, from the root (0) down to the account; no rows without an organization';

CREATE FUNCTION iam_account_organization(account text)
RETURNS TABLE (organization_id text, organization_path text, organization_known boolean, in_management_account boolean)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
	SELECT o.organization_id,
		   CASE WHEN l.complete THEN o.organization_id || '/' || l.path END,
		   coalesce(l.complete, false) AND o.organization_id IS NOT NULL,
		   coalesce(o.management_account_id = account, false)
	FROM (SELECT 1) AS one
	LEFT JOIN iam_account AS a ON a.account_id = account
	LEFT JOIN iam_organization AS o
		ON o.organization_id = a.organization_id
		OR a.organization_id IS NULL AND o.management_account_id = account
	LEFT JOIN LATERAL (SELECT v.complete, v.path FROM iam_account_levels(account) AS v LIMIT 1) AS l ON true
	LIMIT 1;
END;
COMMENT ON FUNCTION iam_account_organization(text) IS 'Organization and path of an account as far as the tables know them';

/*
 * Control policies above an account, one row for each, an empty level as a row that
 * is not present.  A type that is enabled without a single policy stored was not
 * exported: one unknown row (SCP-2, SCP-11, RCP-1).
 */
CREATE FUNCTION iam_control_policies(account text, type text)
RETURNS TABLE (level integer, name text, policy iam_policy, present boolean)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 5
BEGIN ATOMIC
	WITH org AS (
		SELECT o.enabled_policy_types,
			   EXISTS (SELECT FROM iam_control_policy_target AS t
					   LEFT JOIN iam_control_policy AS p ON p.policy_id = t.policy_id
					   WHERE coalesce(p.type, CASE t.policy_id WHEN 'p-FullAWSAccess' THEN 'SERVICE_CONTROL_POLICY'
															   WHEN 'p-RCPFullAWSAccess' THEN 'RESOURCE_CONTROL_POLICY' END)
							 = iam_control_policies.type) AS stored
		FROM iam_account AS a
		JOIN iam_organization AS o ON o.organization_id = a.organization_id
		WHERE a.account_id = account
			AND (o.feature_set IS NULL OR o.feature_set = 'ALL'))
	SELECT l.level, coalesce(p.name, t.policy_id, l.target_id),
		   coalesce(p.policy, CASE t.policy_id
				WHEN 'p-FullAWSAccess' THEN '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'::iam_policy
				WHEN 'p-RCPFullAWSAccess' THEN '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}'::iam_policy
				END),
		   t.policy_id IS NOT NULL OR l.target_id IS NULL
	FROM org AS o
	CROSS JOIN iam_account_levels(account) AS l
	LEFT JOIN (iam_control_policy_target AS t LEFT JOIN iam_control_policy AS p ON p.policy_id = t.policy_id)
		ON t.target_id = l.target_id
		AND coalesce(p.type, CASE t.policy_id WHEN 'p-FullAWSAccess' THEN 'SERVICE_CONTROL_POLICY'
											  WHEN 'p-RCPFullAWSAccess' THEN 'RESOURCE_CONTROL_POLICY'
											  ELSE iam_control_policies.type END) = iam_control_policies.type
	WHERE o.stored AND (o.enabled_policy_types IS NULL OR iam_control_policies.type = ANY (o.enabled_policy_types))
	UNION ALL
	SELECT 0, iam_control_policies.type, NULL, true
	FROM org AS o
	WHERE NOT o.stored AND iam_control_policies.type = ANY (o.enabled_policy_types)
	UNION ALL
	/* attached to every level, and it cannot be detached */
	SELECT l.level, 'p-RCPFullAWSAccess',
		   '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}'::iam_policy, true
	FROM org AS o
	CROSS JOIN iam_account_levels(account) AS l
	WHERE iam_control_policies.type = 'RESOURCE_CONTROL_POLICY' AND l.target_id IS NOT NULL AND o.stored
		AND (o.enabled_policy_types IS NULL OR iam_control_policies.type = ANY (o.enabled_policy_types))
		AND NOT EXISTS (SELECT FROM iam_control_policy_target AS t
						WHERE t.target_id = l.target_id AND t.policy_id = 'p-RCPFullAWSAccess');
END;
COMMENT ON FUNCTION iam_control_policies(text, text) IS 'Service or resource control policies above an account, level by level; a NULL policy that is present could not be read';

/* Facts about a stored identity for iam_caller; what is no unique id is left out. */
CREATE FUNCTION iam_identity_facts(unique_id text, has_boundary boolean, canonical_user_id text, organization_id text,
								   organization_path text, organization_known boolean, in_management_account boolean,
								   role_arn arn DEFAULT NULL)
RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE
RETURN json_strip_nulls(json_build_object(
	'unique_id', substring(unique_id FROM '^[A-Za-z0-9_]{1,128}$'), 'has_boundary', has_boundary,
	'canonical_id', canonical_user_id, 'organization_id', organization_id, 'organization_path', organization_path,
	'organization_known', organization_known, 'in_management_account', in_management_account,
	'role_arn', role_arn::text, 'tags_known', true));
COMMENT ON FUNCTION iam_identity_facts(text, boolean, text, text, text, boolean, boolean, arn) IS 'Facts about a stored identity in the form iam_caller takes';

/* Who asks: the stored identity, if there is one, and the caller made of it. */
CREATE FUNCTION iam_resolve_caller(principal text, OUT caller iam_caller, OUT account text, OUT identity arn,
								   OUT identity_known boolean, OUT session_unknown boolean, OUT assumptions text[])
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, @extschema@, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
	v_form text[];
	v_kind text;
	v_found iam_identity;
	v_organization record;
	v_canonical text;
	v_similar text;
BEGIN
	assumptions := '{}';
	identity_known := true;		/* as much of it as there is */
	session_unknown := false;
	v_form := regexp_match(principal, '^arn:([^:]*):(iam|sts)::([0-9]{12}):(root|user|role|assumed-role|federated-user)(?:/(.*))?$');
	account := coalesce(substring(principal FROM '^[0-9]{12}$'), v_form[3]);
	v_kind := v_form[4];
	SELECT * INTO v_organization FROM iam_account_organization(account);
	SELECT a.canonical_user_id INTO v_canonical FROM iam_account AS a WHERE a.account_id = account;
	IF account IS NOT NULL AND v_organization.organization_id IS NULL THEN
		assumptions := assumptions || format('account %s is in no stored organization: no service control policy is taken to apply', account);
	END IF;

	IF v_kind IN ('user', 'role', 'assumed-role') THEN
		IF v_kind = 'assumed-role' THEN
			SELECT i.* INTO v_found
			FROM iam_identity AS i
			WHERE i.account_id = account AND i.kind = 'role' AND lower(i.name) = lower(split_part(v_form[5], '/', 1))
			LIMIT 1;
		ELSE
			SELECT i.* INTO v_found
			FROM iam_identity AS i
			WHERE i.account_id = account AND i.arn = principal::arn AND i.kind = v_kind;
		END IF;
		IF v_found.arn IS NOT NULL THEN
			identity := v_found.arn;
			caller := iam_caller(principal,
				iam_identity_facts(v_found.unique_id, v_found.permissions_boundary IS NOT NULL, v_canonical,
								   v_organization.organization_id, v_organization.organization_path,
								   v_organization.organization_known, v_organization.in_management_account,
								   CASE v_kind WHEN 'assumed-role' THEN identity END),
				v_found.tags::json);
			RETURN;
		END IF;
		IF EXISTS (SELECT FROM iam_identity AS i WHERE i.account_id = account) THEN
			SELECT i.arn::text INTO v_similar
			FROM iam_identity AS i
			WHERE i.account_id = account AND i.kind IN ('user', 'role')
				AND lower(i.name) = lower(CASE v_kind WHEN 'assumed-role' THEN split_part(v_form[5], '/', 1)
													  ELSE regexp_replace(principal, '^.*/', '') END)
			ORDER BY i.kind = v_kind DESC, 1 LIMIT 1;
			RAISE EXCEPTION 'principal "%" is not in the tables', left(principal, 256)
				USING ERRCODE = 'undefined_object',
					  DETAIL = format('Account %s is in the tables, this principal of it is not.', account),
					  HINT = CASE WHEN v_similar IS NOT NULL THEN format('Did you mean "%s"?', v_similar)
								  ELSE 'Look for its ARN in iam_identity, or import the account again.' END;
		END IF;
		identity_known := false;
		assumptions := assumptions || format('the tables hold nothing of account %s: the identity side of the principal is unknown', account);
	ELSIF v_kind = 'federated-user' THEN
		identity_known := false;
		session_unknown := true;
		assumptions := assumptions || 'the tables do not say which user the federated user belongs to, nor its session policies: both are unknown'::text;
	END IF;
	caller := iam_caller(principal, json_strip_nulls(json_build_object(
		'canonical_id', v_canonical, 'organization_id', v_organization.organization_id,
		'organization_path', v_organization.organization_path, 'organization_known', v_organization.organization_known,
		'in_management_account', v_organization.in_management_account)), NULL);
END $$;
COMMENT ON FUNCTION iam_resolve_caller(text) IS 'Who asks, from the tables: the caller, its account and stored identity; raises for a principal missing from a stored account';

/* What is asked: the request with the facts of the tables, and the policy of the resource. */
CREATE FUNCTION iam_resolve_resource(action text, resource text, context json, resource_account text, unknown_context boolean,
									 caller_account text, OUT request iam_request, OUT account text, OUT kind iam_policy_kind,
									 OUT name text, OUT policy iam_policy, OUT present boolean, OUT assumptions text[])
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, @extschema@, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
	v_form text[];
	v_resource text := resource;
	v_service text;
	v_plain text;				/* the part of the resource that has a policy, literal */
	v_pattern boolean;
	v_trust boolean;
	v_identity iam_identity;
	v_row iam_resource;
	v_matching record;
	v_organization record;
	v_block jsonb;
	v_account_block jsonb;
	v_grants json;
	v_facts json;
BEGIN
	assumptions := '{}';
	present := false;
	v_form := regexp_match(resource, '^arn:([^:]*):([^:]*):([^:]*):([^:]*):(.*)$');
	v_service := lower(v_form[2]);
	v_trust := lower(action) IN ('sts:assumerole', 'sts:assumerolewithsaml', 'sts:assumerolewithwebidentity', 'sts:tagsession',
								 'sts:setsourceidentity', 'sts:setcontext')
		AND v_service = 'iam' AND v_form[5] LIKE 'role/%';
	IF v_form[4] ~ '^[0-9]{12}$' THEN
		account := v_form[4];
	END IF;

	/* a bucket's policy governs its objects, a table's what is below it */
	v_plain := CASE v_service
		WHEN 's3' THEN split_part(resource, '/', 1)
		WHEN 'dynamodb' THEN substring(resource FROM '^[^/]*/[^/]*')
		ELSE resource END;
	v_pattern := replace(replace(v_plain, '${*}', ''), '${?}', '') ~ '[*?]';
	IF NOT v_pattern THEN
		v_plain := replace(replace(v_plain, '${*}', '*'), '${?}', '?');
	END IF;

	IF v_service = 'iam' AND account IS NOT NULL AND NOT v_pattern THEN
		/* names of IAM are found whatever their letter case, and asked about as stored */
		SELECT i.* INTO v_identity
		FROM iam_identity AS i
		WHERE i.account_id = account AND i.kind = split_part(v_form[5], '/', 1)
			AND lower(i.name) = lower(regexp_replace(v_plain, '^.*/', ''))
			AND lower(i.arn::text) = lower(v_plain)
		LIMIT 1;
		IF FOUND THEN
			v_resource := v_identity.arn::text;
		ELSE
			v_resource := coalesce((SELECT p.arn::text FROM iam_customer_policy AS p
									WHERE p.account_id = account AND lower(p.arn::text) = lower(v_plain)
										AND v_form[5] LIKE 'policy/%' LIMIT 1), resource);
		END IF;
	END IF;

	IF v_trust THEN
		kind := 'trust';
		name := v_resource;
		SELECT t.policy INTO policy
		FROM iam_trust AS t
		WHERE t.account_id = account AND t.role_arn = v_identity.arn AND v_identity.kind = 'role';
		IF FOUND THEN
			present := true;
		ELSIF v_pattern OR v_identity.arn IS NOT NULL THEN
			present := true;	/* some trust policy, which one is not known */
			assumptions := assumptions || format('the trust policy of %s is unknown', left(resource, 256));
		ELSIF NOT EXISTS (SELECT FROM iam_identity AS i WHERE i.account_id = account) THEN
			present := true;
			assumptions := assumptions || format('the tables hold nothing of account %s: the trust policy of the role is unknown', account);
		ELSE
			assumptions := assumptions || format('there is no role %s in the tables: it has no trust policy', left(resource, 256));
		END IF;
	ELSIF v_form IS NOT NULL THEN
		kind := 'resource';
		IF v_pattern THEN
			/* several resources, each with a policy of its own: what theirs say is not known */
			SELECT bool_or(r.policy IS NOT NULL OR r.policy_unreadable) AS has_policy,
				   CASE WHEN count(DISTINCT r.account_id) = 1 THEN min(r.account_id) END AS account_id INTO v_matching
			FROM iam_resource AS r
			WHERE r.arn ~ v_plain::arn_pattern
				AND (resource_account IS NULL OR account IS NOT NULL OR r.account_id = resource_account);
			IF v_matching.has_policy THEN
				present := true;
				name := resource;
				assumptions := assumptions || 'the resource is a pattern that matches stored resources with policies of their own: what those say is unknown'::text;
			END IF;
			account := coalesce(account, resource_account, v_matching.account_id);
		ELSE
			SELECT r.* INTO v_row
			FROM iam_resource AS r
			WHERE r.arn = v_plain::arn
				AND (coalesce(account, resource_account) IS NULL OR r.account_id = coalesce(account, resource_account))
			ORDER BY r.account_id = caller_account DESC, r.account_id LIMIT 1;
			IF FOUND THEN
				account := v_row.account_id;
				name := v_plain;
				policy := v_row.policy;
				present := v_row.policy IS NOT NULL OR v_row.policy_unreadable;
				SELECT json_agg(json_strip_nulls(json_build_object('GrantId', g.grant_id, 'Name', g.name,
							'GranteePrincipal', g.grantee_principal, 'RetiringPrincipal', g.retiring_principal,
							'IssuingAccount', g.issuing_account, 'Operations', g.operations, 'Constraints', g.constraints))
						ORDER BY g.grant_id) INTO v_grants
				FROM iam_kms_grant AS g
				WHERE g.account_id = v_row.account_id AND g.key_arn = v_row.arn;
			ELSIF v_service NOT IN ('iam', 'sts') THEN
				assumptions := assumptions || 'the resource is not in iam_resource: it is taken to have no resource policy'::text;
			END IF;
		END IF;
		account := coalesce(account, resource_account);
	END IF;
	account := coalesce(account, resource_account);

	SELECT * INTO v_organization FROM iam_account_organization(coalesce(account, caller_account));
	IF v_form IS NOT NULL AND v_organization.organization_id IS NULL THEN
		assumptions := assumptions || (coalesce('account ' || coalesce(account, caller_account), 'the resource''s account')
									   || ' is in no stored organization: no resource control policy is taken to apply');
	END IF;
	IF v_service = 's3' THEN
		SELECT a.public_access_block INTO v_account_block
		FROM iam_account AS a WHERE a.account_id = coalesce(account, caller_account);
		/* the most restrictive of bucket and account; of a stored bucket absence is known */
		IF v_row.arn IS NOT NULL OR v_account_block IS NOT NULL THEN
			v_block := v_row.public_access_block;
			SELECT jsonb_object_agg(m.member, coalesce(v_block -> m.member = 'true', false)
											  OR coalesce(v_account_block -> m.member = 'true', false)) INTO v_block
			FROM unnest(ARRAY['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets']) AS m (member);
		END IF;
	END IF;
	v_facts := json_strip_nulls(json_build_object(
		'organization_id', v_organization.organization_id, 'organization_path', v_organization.organization_path,
		'organization_known', v_organization.organization_known, 'in_management_account', v_organization.in_management_account,
		'kms_grants', v_grants, 'block_public_access', v_block,
		'rcp_services', CASE WHEN EXISTS (SELECT FROM iam_rcp_service_override) THEN iam_rcp_services() END,
		'current_time', to_char(transaction_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
		'epoch_time', floor(extract(epoch FROM transaction_timestamp()))::bigint::text));
	IF v_identity.arn IS NOT NULL THEN
		v_facts := (v_facts::jsonb || jsonb_build_object('tags', v_identity.tags, 'tags_known', true))::json;
	ELSIF v_row.arn IS NOT NULL THEN
		IF v_row.arn = replace(replace(resource, '${*}', '*'), '${?}', '?')::arn AND v_row.tags IS NOT NULL THEN
			v_facts := (v_facts::jsonb || jsonb_build_object('tags', v_row.tags, 'tags_known', true))::json;
		END IF;
		/* with BucketOwnerEnforced lists are off (S3-1) */
		IF v_row.acl IS NOT NULL AND v_row.object_ownership IS DISTINCT FROM 'BucketOwnerEnforced' THEN
			v_facts := (v_facts::jsonb || jsonb_build_object('acl', v_row.acl::jsonb))::json;
		END IF;
	END IF;
	request := iam_request(action, v_resource, context, account, unknown_context, v_facts);
	account := coalesce(account, caller_account);
END $$;
COMMENT ON FUNCTION iam_resolve_resource(text, text, json, text, boolean, text) IS 'What is asked, from the tables: the request with facts about the resource, the account that owns it, and its policy';

/* Every policy that applies, one a row, with request and caller beside it: input of iam_decide. */
CREATE FUNCTION iam_applicable_policies(principal text, action text, resource text, context json DEFAULT '{}',
										resource_account text DEFAULT NULL, unknown_context boolean DEFAULT false)
RETURNS TABLE (request iam_request, caller iam_caller, kind iam_policy_kind, level integer, name text, policy iam_policy,
			   present boolean, assumptions text[])
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 20
SET search_path = pg_catalog, @extschema@, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
	v_caller record;
	v_resource record;
	v_assumptions text[];
BEGIN
	IF principal IS NULL OR action IS NULL OR resource IS NULL THEN
		RETURN;
	END IF;
	IF iam_applicable_policies.resource_account !~ '^[0-9]{12}$' THEN
		RAISE EXCEPTION 'invalid account id "%"', left(iam_applicable_policies.resource_account, 64)
			USING ERRCODE = 'invalid_parameter_value', HINT = 'An account id has 12 digits.';
	END IF;
	SELECT * INTO v_caller FROM iam_resolve_caller(principal);
	SELECT * INTO v_resource
	FROM iam_resolve_resource(action, resource, iam_applicable_policies.context, iam_applicable_policies.resource_account,
							  coalesce(iam_applicable_policies.unknown_context, false), v_caller.account);
	v_assumptions := v_caller.assumptions || v_resource.assumptions;

	/* says who asks what, and that there is an identity side even when it is empty */
	request := v_resource.request;
	caller := v_caller.caller;
	assumptions := v_assumptions;
	kind := 'identity';
	level := 0;
	present := NOT v_caller.identity_known;
	name := CASE WHEN present THEN principal END;
	RETURN NEXT;
	assumptions := NULL;
	name := NULL;
	IF v_caller.session_unknown THEN
		kind := 'session';
		present := true;
		RETURN NEXT;
	END IF;
	IF v_resource.present THEN
		kind := v_resource.kind;
		name := v_resource.name;
		policy := v_resource.policy;
		present := true;
		RETURN NEXT;
	END IF;
	RETURN QUERY
		SELECT v_resource.request, v_caller.caller,
			   CASE WHEN p.is_boundary THEN 'boundary' ELSE 'identity' END::iam_policy_kind, 0, p.name, p.policy, true, NULL::text[]
		FROM iam_identity_policy AS p
		WHERE p.account_id = v_caller.account AND p.identity_arn = v_caller.identity;
	IF v_caller.account IS NOT NULL THEN
		RETURN QUERY
			SELECT v_resource.request, v_caller.caller, 'scp'::iam_policy_kind, p.level, p.name, p.policy, p.present, NULL::text[]
			FROM iam_control_policies(v_caller.account, 'SERVICE_CONTROL_POLICY') AS p;
	END IF;
	IF v_resource.account IS NOT NULL THEN
		RETURN QUERY
			SELECT v_resource.request, v_caller.caller, 'rcp'::iam_policy_kind, p.level, p.name, p.policy, p.present, NULL::text[]
			FROM iam_control_policies(v_resource.account, 'RESOURCE_CONTROL_POLICY') AS p;
	END IF;
END $$;
COMMENT ON FUNCTION iam_applicable_policies(text, text, text, json, text, boolean) IS 'Every policy that applies to a request of a principal, from the tables, one a row; a NULL policy that is present could not be read, one that is not present is an empty gate';

CREATE FUNCTION iam_evaluate(principal text, action text, resource text, context json DEFAULT '{}',
							 resource_account text DEFAULT NULL, unknown_context boolean DEFAULT false)
RETURNS iam_decision
LANGUAGE sql STABLE PARALLEL SAFE COST 10000
BEGIN ATOMIC
	SELECT iam_decide(a.request, a.caller, a.kind, a.level,
					  CASE WHEN a.present THEN iam_policy_effect(a.policy, a.kind, a.request, a.caller) END)
	FROM iam_applicable_policies(principal, action, resource, context, resource_account, unknown_context) AS a
	HAVING count(*) > 0;
END;
COMMENT ON FUNCTION iam_evaluate(text, text, text, json, text, boolean) IS 'The verdict on a request, from the policies in the tables';

CREATE FUNCTION iam_explain(principal text, action text, resource text, context json DEFAULT '{}',
							resource_account text DEFAULT NULL, unknown_context boolean DEFAULT false)
RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE COST 20000
BEGIN ATOMIC
	SELECT iam_explain_policies(a.request, a.caller, a.kind, a.level, a.name, a.policy, a.present, a.assumptions)
	FROM iam_applicable_policies(principal, action, resource, context, resource_account, unknown_context) AS a;
END;
COMMENT ON FUNCTION iam_explain(text, text, text, json, text, boolean) IS 'The verdict on a request, from the policies in the tables, with what led to it';
