/*
 * Who holds which effects: for questions about everybody, rows "this effect is on
 * this principal" become few combinations, which are decided once each.
 */

CREATE TYPE iam_holders;

CREATE FUNCTION iam_holders_in(cstring) RETURNS iam_holders
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_holders_in';
COMMENT ON FUNCTION iam_holders_in(cstring) IS 'text input of type iam_holders: always an error';

CREATE FUNCTION iam_holders_out(iam_holders) RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_holders_out';
COMMENT ON FUNCTION iam_holders_out(iam_holders) IS 'text output of type iam_holders: what it is, not what is in it';

CREATE TYPE iam_holders (
	INPUT = iam_holders_in,
	OUTPUT = iam_holders_out,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = external
);
COMMENT ON TYPE iam_holders IS 'principals by what they hold: the result of iam_gather_holders; there is no other way to make one';

CREATE FUNCTION iam_gather_holders_step(internal, arn, iam_policy_kind, iam_effect, arn, boolean) RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_gather_holders_step';
COMMENT ON FUNCTION iam_gather_holders_step(internal, arn, iam_policy_kind, iam_effect, arn, boolean) IS 'transition function of iam_gather_holders';

CREATE FUNCTION iam_gather_holders_final(internal) RETURNS iam_holders
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'iam_gather_holders_final';
COMMENT ON FUNCTION iam_gather_holders_final(internal) IS 'final function of iam_gather_holders';

CREATE AGGREGATE iam_gather_holders(principal arn, kind iam_policy_kind, effect iam_effect, member_of arn, listed boolean) (
	SFUNC = iam_gather_holders_step,
	STYPE = internal,
	SSPACE = 10000000,
	FINALFUNC = iam_gather_holders_final,
	FINALFUNC_MODIFY = READ_WRITE,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE iam_gather_holders(principal arn, kind iam_policy_kind, effect iam_effect, member_of arn, listed boolean) IS
	'who holds which effects: users and roles by account, kind and set of effects, with what their groups hold; nobody for a boundary alone';

CREATE FUNCTION iam_held_combinations(holders iam_holders)
RETURNS TABLE (combination integer, account_id text, profile integer, principals bigint)
LANGUAGE c IMMUTABLE PARALLEL SAFE ROWS 1000 COST 1000
AS 'MODULE_PATHNAME', 'iam_held_combinations';
COMMENT ON FUNCTION iam_held_combinations(iam_holders) IS 'how many users and roles of which account are of which profile';

CREATE FUNCTION iam_held_profiles(holders iam_holders)
RETURNS TABLE (profile integer, partition text, kind text, service_linked boolean, effects integer)
LANGUAGE c IMMUTABLE PARALLEL SAFE ROWS 100 COST 100
AS 'MODULE_PATHNAME', 'iam_held_profiles';
COMMENT ON FUNCTION iam_held_profiles(iam_holders) IS 'users or roles of a partition that hold the same set of effects';

CREATE FUNCTION iam_held_effects(holders iam_holders) RETURNS TABLE (effects integer, kind iam_policy_kind, effect iam_effect)
LANGUAGE c IMMUTABLE PARALLEL SAFE ROWS 100 COST 100
AS 'MODULE_PATHNAME', 'iam_held_effects';
COMMENT ON FUNCTION iam_held_effects(iam_holders) IS 'the sets of effects that somebody holds, an effect a row';

CREATE FUNCTION iam_held_principals(holders iam_holders) RETURNS TABLE (combination integer, principal arn)
LANGUAGE c IMMUTABLE PARALLEL SAFE ROWS 100000 COST 10000
AS 'MODULE_PATHNAME', 'iam_held_principals';
COMMENT ON FUNCTION iam_held_principals(iam_holders) IS 'who is of which combination; no rows unless they were to be listed';
