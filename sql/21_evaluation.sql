/*
 * Evaluation that reads no table: row-level functions, the aggregates over them,
 * and self-contained request documents.
 */

CREATE FUNCTION iam_request(action text, resource text, context json DEFAULT '{}', resource_account text DEFAULT NULL, unknown_context boolean DEFAULT false, resource_facts json DEFAULT '{}') RETURNS iam_request
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 50
AS 'MODULE_PATHNAME', 'iam_request_make';
COMMENT ON FUNCTION iam_request(action text, resource text, context json, resource_account text, unknown_context boolean, resource_facts json) IS 'what is asked, compiled once; NULL action or resource gives NULL, any other NULL is an absent argument';

CREATE FUNCTION iam_caller(principal text, facts json DEFAULT '{}', tags json DEFAULT NULL) RETURNS iam_caller
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 50
AS 'MODULE_PATHNAME', 'iam_caller_make';
COMMENT ON FUNCTION iam_caller(principal text, facts json, tags json) IS 'who asks, compiled once; NULL principal gives NULL, any other NULL is an absent argument';

CREATE FUNCTION iam_caller(principal arn, facts json DEFAULT '{}', tags json DEFAULT NULL) RETURNS iam_caller
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 50
AS 'MODULE_PATHNAME', 'iam_caller_of_arn';
COMMENT ON FUNCTION iam_caller(principal arn, facts json, tags json) IS 'who asks, compiled once, of an arn; foreign servers take it';

CREATE FUNCTION iam_identity_caller(identity arn, unique_id text, has_boundary boolean, tags jsonb, account iam_caller) RETURNS iam_caller
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 30
AS 'MODULE_PATHNAME', 'iam_identity_caller';
COMMENT ON FUNCTION iam_identity_caller(arn, text, boolean, jsonb, iam_caller) IS 'a user or role as caller, with the facts about its account that a caller of the account has; NULL unique id or tags: none, any other NULL gives NULL';

CREATE FUNCTION iam_is_request_principal(principal text) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
AS 'MODULE_PATHNAME', 'iam_is_request_principal';
COMMENT ON FUNCTION iam_is_request_principal(principal text) IS 'somebody who can ask: iam_caller takes it; policies name others too';

CREATE FUNCTION iam_policy_effect(policy iam_policy, kind iam_policy_kind, request iam_request, caller iam_caller DEFAULT NULL) RETURNS iam_effect
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'iam_sql_policy_effect';
COMMENT ON FUNCTION iam_policy_effect(policy iam_policy, kind iam_policy_kind, request iam_request, caller iam_caller) IS 'what one policy says of a request; NULL policy is an unreadable document, NULL caller leaves what depends on the caller unknown, NULL kind or request gives NULL';

CREATE FUNCTION iam_decide_step(internal, iam_request, iam_caller, iam_policy_kind, integer, iam_effect) RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'iam_decide_step';
COMMENT ON FUNCTION iam_decide_step(internal, iam_request, iam_caller, iam_policy_kind, integer, iam_effect) IS 'transition function of iam_decide';

CREATE FUNCTION iam_decide_conditions_step(internal, iam_request, iam_caller, iam_policy_kind, integer, iam_effect) RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'iam_decide_conditions_step';
COMMENT ON FUNCTION iam_decide_conditions_step(internal, iam_request, iam_caller, iam_policy_kind, integer, iam_effect) IS 'transition function of iam_decide_conditions';

CREATE FUNCTION iam_decide_combine(internal, internal) RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'iam_decide_combine';
COMMENT ON FUNCTION iam_decide_combine(internal, internal) IS 'combine function of iam_decide and iam_decide_conditions';

CREATE FUNCTION iam_decide_serialize(internal) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'iam_decide_serialize';
COMMENT ON FUNCTION iam_decide_serialize(internal) IS 'serialization function of iam_decide and iam_decide_conditions';

CREATE FUNCTION iam_decide_deserialize(bytea, internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'iam_decide_deserialize';
COMMENT ON FUNCTION iam_decide_deserialize(bytea, internal) IS 'deserialization function of iam_decide and iam_decide_conditions';

CREATE FUNCTION iam_decide_final(internal) RETURNS iam_decision
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'iam_decide_final';
COMMENT ON FUNCTION iam_decide_final(internal) IS 'final function of iam_decide';

CREATE FUNCTION iam_decide_conditions_final(internal) RETURNS jsonb
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 50
AS 'MODULE_PATHNAME', 'iam_decide_conditions_final';
COMMENT ON FUNCTION iam_decide_conditions_final(internal) IS 'final function of iam_decide_conditions';

CREATE AGGREGATE iam_decide(request iam_request, caller iam_caller, kind iam_policy_kind, level integer, effect iam_effect) (
	SFUNC = iam_decide_step,
	STYPE = internal,
	SSPACE = 500,
	FINALFUNC = iam_decide_final,
	COMBINEFUNC = iam_decide_combine,
	SERIALFUNC = iam_decide_serialize,
	DESERIALFUNC = iam_decide_deserialize,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE iam_decide(request iam_request, caller iam_caller, kind iam_policy_kind, level integer, effect iam_effect) IS
	'the verdict over the effects of all applicable policies; a NULL effect is a gate without a policy, a NULL kind no gate, no rows a deny';

CREATE AGGREGATE iam_decide_conditions(request iam_request, caller iam_caller, kind iam_policy_kind, level integer, effect iam_effect) (
	SFUNC = iam_decide_conditions_step,
	STYPE = internal,
	SSPACE = 2000,
	FINALFUNC = iam_decide_conditions_final,
	COMBINEFUNC = iam_decide_combine,
	SERIALFUNC = iam_decide_serialize,
	DESERIALFUNC = iam_decide_deserialize,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE iam_decide_conditions(request iam_request, caller iam_caller, kind iam_policy_kind, level integer, effect iam_effect) IS
	'what must hold for a conditional verdict over the same rows to be allowed, as a tree of all, any, not and atoms; NULL for other verdicts';

CREATE FUNCTION iam_explain_policies_step(internal, iam_request, iam_caller, iam_policy_kind, integer, text, iam_policy, boolean, text[]) RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'iam_explain_policies_step';
COMMENT ON FUNCTION iam_explain_policies_step(internal, iam_request, iam_caller, iam_policy_kind, integer, text, iam_policy, boolean, text[]) IS 'transition function of iam_explain_policies';

CREATE FUNCTION iam_explain_policies_final(internal) RETURNS jsonb
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 500
AS 'MODULE_PATHNAME', 'iam_explain_policies_final';
COMMENT ON FUNCTION iam_explain_policies_final(internal) IS 'final function of iam_explain_policies';

CREATE AGGREGATE iam_explain_policies(request iam_request, caller iam_caller, kind iam_policy_kind, level integer, name text, policy iam_policy, present boolean, assumptions text[]) (
	SFUNC = iam_explain_policies_step,
	STYPE = internal,
	SSPACE = 8000,
	FINALFUNC = iam_explain_policies_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE iam_explain_policies(request iam_request, caller iam_caller, kind iam_policy_kind, level integer, name text, policy iam_policy, present boolean, assumptions text[]) IS
	'the explanation of the verdict over all applicable policies; not present is a gate without a policy, a NULL policy an unreadable one';

CREATE FUNCTION iam_evaluate(request json) RETURNS iam_decision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 500
AS 'MODULE_PATHNAME', 'iam_evaluate_document';
COMMENT ON FUNCTION iam_evaluate(request json) IS 'the verdict on a request document that carries its policies';

CREATE FUNCTION iam_explain(request json) RETURNS jsonb
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'iam_explain_document';
COMMENT ON FUNCTION iam_explain(request json) IS 'the verdict on a request document that carries its policies, with what led to it';

