/*
 * Evaluation over the tables: what applies to a principal and a resource, gathered
 * into rows for iam_decide (spec section 8, CTX-17, ARN-12, ARN-14).
 *
 * What the tables do not hold is said in the assumptions, or is a document that
 * could not be read: unknown, never silently an allow or a deny.
 *
 * All queries here look up single keys, which one plan serves for ever.
 */

/* Where one account stands: the functions over any number of accounts, for one. */
CREATE FUNCTION iam_account_levels(account text)
RETURNS TABLE (level integer, target_id text, complete boolean, path text)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 4
BEGIN ATOMIC
	SELECT l.level, l.target_id, l.complete, l.path FROM iam_organization_levels(ARRAY[account]) AS l;
END;
COMMENT ON FUNCTION iam_account_levels(text) IS 'Levels of the organization above an account, from the root (0) down to the account; no rows without an organization';

CREATE FUNCTION iam_account_organization(account text)
RETURNS TABLE (organization_id text, organization_path text, organization_known boolean, in_management_account boolean)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
	SELECT f.organization_id, f.organization_path, f.organization_known, f.in_management_account
	FROM iam_organization_facts(ARRAY[account]) AS f;
END;
COMMENT ON FUNCTION iam_account_organization(text) IS 'Organization and path of an account as far as the tables know them';

CREATE FUNCTION iam_control_policies(account text, type text)
RETURNS TABLE (level integer, name text, policy iam_policy, present boolean)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 5
BEGIN ATOMIC
	SELECT p.level, p.name, p.policy, p.present FROM iam_organization_control_policies(ARRAY[account], type) AS p;
END;
COMMENT ON FUNCTION iam_control_policies(text, text) IS 'Service or resource control policies above an account, level by level; a NULL policy that is present could not be read';

CREATE FUNCTION iam_identity_facts(unique_id text, has_boundary boolean, canonical_user_id text, organization_id text,
								   organization_path text, organization_known boolean, in_management_account boolean,
								   role_arn arn DEFAULT NULL)
RETURNS json
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'iam_identity_facts';
COMMENT ON FUNCTION iam_identity_facts(text, boolean, text, text, text, boolean, boolean, arn) IS 'Facts about a stored identity in the form iam_caller takes; what is no unique id is left out';

/* kind: user or role, by ARN; assumed-role, by the role's name. */
CREATE FUNCTION iam_stored_caller(principal text, account text, kind text, role_name text, canonical_user_id text, organization_id text,
								  organization_path text, organization_known boolean, in_management_account boolean)
RETURNS TABLE (caller iam_caller, identity arn)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
	SELECT iam_caller(principal,
					  iam_identity_facts(i.unique_id, i.permissions_boundary IS NOT NULL, canonical_user_id, organization_id,
										 organization_path, organization_known, in_management_account,
										 CASE kind WHEN 'assumed-role' THEN i.arn END),
					  i.tags::json), i.arn
	FROM (SELECT r.arn, r.unique_id, r.permissions_boundary, r.tags
		  FROM iam_identity AS r
		  WHERE iam_stored_caller.kind = 'assumed-role' AND r.account_id = account AND r.kind = 'role' AND lower(r.name) = lower(role_name)
		  UNION ALL
		  SELECT n.arn, n.unique_id, n.permissions_boundary, n.tags
		  FROM iam_identity AS n
		  WHERE iam_stored_caller.kind <> 'assumed-role' AND n.account_id = account AND n.arn = principal::arn AND n.kind = iam_stored_caller.kind) AS i
	LIMIT 1;
END;
COMMENT ON FUNCTION iam_stored_caller(text, text, text, text, text, text, text, boolean, boolean) IS 'A stored user, role or role session as caller, made with the facts of its account; no row where it is not stored';

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
	v_facts record;
	v_similar text;
BEGIN
	assumptions := '{}';
	identity_known := true;		/* as much of it as there is */
	session_unknown := false;
	v_form := regexp_match(principal, '^arn:([^:]*):(iam|sts)::([0-9]{12}):(root|user|role|assumed-role|federated-user)(?:/(.*))?$');
	account := coalesce(substring(principal FROM '^[0-9]{12}$'), v_form[3]);
	v_kind := v_form[4];
	SELECT * INTO v_facts FROM iam_organization_facts(ARRAY[account]);
	IF account IS NOT NULL AND v_facts.organization_id IS NULL THEN
		assumptions := assumptions || format('account %s is in no stored organization: no service control policy is taken to apply', account);
	END IF;

	IF v_kind IN ('user', 'role', 'assumed-role') THEN
		SELECT c.caller, c.identity INTO caller, identity
		FROM iam_stored_caller(principal, account, v_kind, split_part(v_form[5], '/', 1), v_facts.canonical_user_id,
							   v_facts.organization_id, v_facts.organization_path, v_facts.organization_known,
							   v_facts.in_management_account) AS c;
		IF identity IS NOT NULL THEN
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
	caller := iam_account_caller(principal, false, v_facts.canonical_user_id, v_facts.organization_id, v_facts.organization_path,
								 v_facts.organization_known, v_facts.in_management_account);
END $$;
COMMENT ON FUNCTION iam_resolve_caller(text) IS 'Who asks, from the tables: the caller, its account and stored identity; raises for a principal missing from a stored account';

/*
 * What is asked: the request with the facts of the tables, and the policy of the
 * resource.  for_all_callers: callers of any account get the same.
 */
CREATE FUNCTION iam_resolve_resource(action text, resource text, context json, resource_account text, unknown_context boolean,
									 caller_account text, OUT request iam_request, OUT account text, OUT kind iam_policy_kind,
									 OUT name text, OUT policy iam_policy, OUT present boolean, OUT assumptions text[],
									 OUT for_all_callers boolean)
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
	for_all_callers := true;
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
				/* who has a resource of this name too, finds that one */
				for_all_callers := coalesce(account, resource_account) IS NOT NULL
					OR NOT EXISTS (SELECT FROM iam_resource AS r WHERE r.arn = v_row.arn AND r.account_id <> v_row.account_id);
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
	for_all_callers := for_all_callers AND account IS NOT NULL;

	SELECT * INTO v_organization FROM iam_account_organization(coalesce(account, caller_account));
	IF v_form IS NOT NULL AND v_organization.organization_id IS NULL THEN
		assumptions := assumptions || (coalesce('account ' || coalesce(account, caller_account), 'the resource''s account')
									   || ' is in no stored organization: no resource control policy is taken to apply');
	END IF;
	IF v_service = 's3' THEN
		SELECT a.public_access_block INTO v_account_block
		FROM iam_account AS a WHERE a.account_id = coalesce(account, caller_account);
		/* of a stored bucket absence is known */
		IF v_row.arn IS NOT NULL OR v_account_block IS NOT NULL THEN
			v_block := iam_public_access_block(v_row.public_access_block, v_account_block);
		END IF;
	END IF;
	v_facts := iam_owner_facts(v_organization.organization_id, v_organization.organization_path,
							   v_organization.organization_known, v_organization.in_management_account);
	IF v_grants IS NOT NULL OR v_block IS NOT NULL THEN
		v_facts := (v_facts::jsonb || jsonb_strip_nulls(jsonb_build_object('kms_grants', v_grants, 'block_public_access', v_block)))::json;
	END IF;
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
	RETURN QUERY
		SELECT v_resource.request, v_caller.caller, 'scp'::iam_policy_kind, p.level, p.name, p.policy, p.present, NULL::text[]
		FROM iam_control_policies(v_caller.account, 'SERVICE_CONTROL_POLICY') AS p;
	RETURN QUERY
		SELECT v_resource.request, v_caller.caller, 'rcp'::iam_policy_kind, p.level, p.name, p.policy, p.present, NULL::text[]
		FROM iam_control_policies(v_resource.account, 'RESOURCE_CONTROL_POLICY') AS p;
END $$;
COMMENT ON FUNCTION iam_applicable_policies(text, text, text, json, text, boolean) IS 'Every policy that applies to a request of a principal, from the tables, one a row; a NULL policy that is present could not be read, one that is not present is an empty gate';

/* The same policies, and what the calls of a query have in common looked up once (evaluate_tables.c). */
CREATE FUNCTION iam_evaluate(principal text, action text, resource text, context json DEFAULT '{}',
							 resource_account text DEFAULT NULL, unknown_context boolean DEFAULT false)
RETURNS iam_decision
LANGUAGE c STABLE CALLED ON NULL INPUT PARALLEL SAFE COST 10000
AS 'MODULE_PATHNAME', 'iam_evaluate_tables';
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
