/*
 * GIN on iam_policy, and the planner's view of the functions that ask whether
 * something matches.
 */

CREATE FUNCTION iam_match_support(internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_match_support';
COMMENT ON FUNCTION iam_match_support(internal) IS 'planner support: calls of matching functions use indexes and estimates as their operators do';

ALTER FUNCTION iam_policy_may_match(iam_policy, iam_request) SUPPORT iam_match_support;

CREATE FUNCTION iam_policy_typanalyze(internal) RETURNS boolean
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_policy_typanalyze';
COMMENT ON FUNCTION iam_policy_typanalyze(internal) IS 'ANALYZE of a column of policies: also counts the keys that the GIN operator class has for them';

ALTER TYPE iam_policy SET (ANALYZE = iam_policy_typanalyze);

CREATE FUNCTION iam_policy_matchsel(internal, oid, internal, integer) RETURNS double precision
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_policy_matchsel';
COMMENT ON FUNCTION iam_policy_matchsel(internal, oid, internal, integer) IS 'the share of a column''s policies that may concern a request''s action';

CREATE FUNCTION iam_policy_matchjoinsel(internal, oid, internal, smallint, internal) RETURNS double precision
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_policy_matchjoinsel';
COMMENT ON FUNCTION iam_policy_matchjoinsel(internal, oid, internal, smallint, internal) IS 'the same of requests that are not known yet';

ALTER OPERATOR @@ (iam_policy, iam_request) SET (RESTRICT = iam_policy_matchsel, JOIN = iam_policy_matchjoinsel);

CREATE FUNCTION iam_policy_gin_extract_value(iam_policy, internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_policy_gin_extract_value';
COMMENT ON FUNCTION iam_policy_gin_extract_value(iam_policy, internal) IS 'GIN support';

CREATE FUNCTION iam_policy_gin_extract_query(iam_policy, internal, smallint, internal, internal, internal, internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_policy_gin_extract_query';
COMMENT ON FUNCTION iam_policy_gin_extract_query(iam_policy, internal, smallint, internal, internal, internal, internal) IS 'GIN support';

CREATE FUNCTION iam_policy_gin_consistent(internal, smallint, iam_policy, integer, internal, internal, internal, internal) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_policy_gin_consistent';
COMMENT ON FUNCTION iam_policy_gin_consistent(internal, smallint, iam_policy, integer, internal, internal, internal, internal) IS 'GIN support';

CREATE FUNCTION iam_policy_gin_tri_consistent(internal, smallint, iam_policy, integer, internal, internal, internal) RETURNS "char"
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_policy_gin_tri_consistent';
COMMENT ON FUNCTION iam_policy_gin_tri_consistent(internal, smallint, iam_policy, integer, internal, internal, internal) IS 'GIN support';

CREATE OPERATOR CLASS iam_policy_ops
DEFAULT FOR TYPE iam_policy USING gin AS
	OPERATOR 1 @@ (iam_policy, iam_request),
	FUNCTION 1 pg_catalog.byteacmp(bytea, bytea),
	FUNCTION 2 iam_policy_gin_extract_value(iam_policy, internal),
	FUNCTION 3 iam_policy_gin_extract_query(iam_policy, internal, smallint, internal, internal, internal, internal),
	FUNCTION 4 iam_policy_gin_consistent(internal, smallint, iam_policy, integer, internal, internal, internal, internal),
	FUNCTION 6 iam_policy_gin_tri_consistent(internal, smallint, iam_policy, integer, internal, internal, internal),
	STORAGE bytea;
COMMENT ON OPERATOR CLASS iam_policy_ops USING gin IS 'policies by the actions they speak of';
COMMENT ON OPERATOR FAMILY iam_policy_ops USING gin IS 'policies by the actions they speak of';

CREATE FUNCTION iam_policy_gin_keys(policy iam_policy) RETURNS text[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'iam_policy_gin_keys';
COMMENT ON FUNCTION iam_policy_gin_keys(iam_policy) IS
	'the keys a GIN index has for a policy: A an action, B a beginning of actions, G one of a pattern with more behind it, N all but some, * any action; a, b and g hashed';

CREATE FUNCTION iam_gin_query_keys(request iam_request) RETURNS text[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'iam_gin_query_keys';
COMMENT ON FUNCTION iam_gin_query_keys(iam_request) IS 'the keys a request looks for in a GIN index; a policy with one of them is looked at';

