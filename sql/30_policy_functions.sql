/*
 * Functions about one policy, and small ones about its parts.
 */

CREATE FUNCTION iam_policy_statements(policy iam_policy)
RETURNS TABLE (ordinal integer, sid text, effect text, principals jsonb, not_principals jsonb, actions text[],
	not_actions text[], resources text[], not_resources text[], conditions jsonb)
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50 ROWS 5
AS 'MODULE_PATHNAME', 'iam_policy_statements';
COMMENT ON FUNCTION iam_policy_statements(iam_policy) IS 'a policy''s statements as rows, counted from 0 as in JSON paths; absent elements are NULL';

CREATE FUNCTION iam_policy_validate(policy text, kind text, size_quota integer)
RETURNS TABLE (severity text, code text, json_path text, message text)
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 500 ROWS 5
AS 'MODULE_PATHNAME', 'iam_sql_policy_validate';
COMMENT ON FUNCTION iam_policy_validate(text, text, integer) IS
	'The same as iam_policy_validate(policy, kind), which calls it, with the size quota as an argument: NULL or 0 is AWS''s default; reads no table';

CREATE FUNCTION iam_policy_may_match(policy iam_policy, request iam_request) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3
AS 'MODULE_PATHNAME', 'iam_sql_policy_may_match';
COMMENT ON FUNCTION iam_policy_may_match(policy iam_policy, request iam_request) IS 'some statement may concern the request''s action: necessary, not sufficient';

CREATE OPERATOR @@ (
	LEFTARG = iam_policy,
	RIGHTARG = iam_request,
	FUNCTION = iam_policy_may_match
);
COMMENT ON OPERATOR @@ (iam_policy, iam_request) IS 'some statement may concern the request''s action';

CREATE FUNCTION iam_action_matches(pattern text, action text) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'iam_sql_action_matches';
COMMENT ON FUNCTION iam_action_matches(pattern text, action text) IS 'an Action pattern such as s3:Get* matches an action';

CREATE FUNCTION iam_unique_id_kind(id text) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'iam_sql_unique_id_kind';
COMMENT ON FUNCTION iam_unique_id_kind(id text) IS 'what has a unique id such as AROA..., by its prefix; NULL where the prefix is not known';

CREATE FUNCTION iam_version() RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_version';
COMMENT ON FUNCTION iam_version() IS 'the version of the loaded library';

