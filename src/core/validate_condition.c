/*
 * validate_condition.c: conditions of a statement: spelling of operators (GRAM-9),
 * values their operator cannot compare (COND-65a, COND-68, GRAM-32), variables
 * (COND-69), missing set operators (COND-44) and the limits of endpoint policies
 * (VPCE-6).
 */
#include "validate_rules.h"

#include "arn.h"
#include "variable.h"

#define MIN_LITERAL_RUN 6 /* VPCE-6: characters next to a wildcard */

static bool
is_in(IamStr key, const char *const *names)
{
	for (; *names != NULL; names++)
		if (iam_str_equal_fold(key, (IamStr){*names, (uint32_t) strlen(*names)}))
			return true;
	return false;
}

static bool
is_date(IamOperator op)
{
	return op >= IAM_OP_DATE_EQUALS && op <= IAM_OP_DATE_GREATER_THAN_EQUALS;
}

static bool
is_numeric(IamOperator op)
{
	return op >= IAM_OP_NUMERIC_EQUALS && op <= IAM_OP_NUMERIC_GREATER_THAN_EQUALS;
}

static bool
is_arn(IamOperator op)
{
	return op >= IAM_OP_ARN_EQUALS && op <= IAM_OP_ARN_NOT_LIKE;
}

/* Operators whose values may hold variables (VAR-2). */
static bool
takes_variables(IamOperator op)
{
	return (op >= IAM_OP_STRING_EQUALS && op <= IAM_OP_STRING_NOT_LIKE) || is_arn(op);
}

/* AWS documents one spelling; any case is taken. */
static void
check_spelling(IamValidator *v, const IamPartOperator *operator)
{
	IamBuf buf;

	iam_buf_init(&buf, v->arena);
	if (operator->flags & IAM_COND_FOR_ALL)
		iam_buf_cstr(&buf, "ForAllValues:");
	if (operator->flags & IAM_COND_FOR_ANY)
		iam_buf_cstr(&buf, "ForAnyValue:");
	iam_buf_cstr(&buf, iam_operator_name(operator->op));
	if (operator->flags & IAM_COND_IF_EXISTS)
		iam_buf_cstr(&buf, "IfExists");
	if (!v->arena->failed && !iam_str_equal(iam_buf_result(&buf), operator->name.text))
	{
		IamStr name = iam_buf_result(&buf);

		iam_find(v, IAM_STAGE_WARNING, "OPERATOR_SPELLING", "GRAM-9",
		         iam_fill(v->arena, "AWS spells this operator %.", &name));
	}
}

/* ---- endpoint policies ---- */

/* Has every wildcard six literal characters before or behind it? */
static bool
has_literal_runs(IamStr text)
{
	uint32_t run = 0;
	bool     waits = false; /* a wildcard with too little before it */

	for (uint32_t i = 0; i <= text.len; i++)
	{
		bool wildcard = i < text.len && (text.data[i] == '*' || text.data[i] == '?');

		if (i < text.len && !wildcard)
		{
			if (((uint8_t) text.data[i] & 0xC0) != 0x80 && ++run == MIN_LITERAL_RUN)
				waits = false;
			continue;
		}
		if (waits)
			return false;
		if (wildcard)
			waits = run < MIN_LITERAL_RUN;
		run = 0;
	}
	return !waits;
}

static bool
has_wildcard(IamStr s)
{
	return s.len > 0 && (memchr(s.data, '*', s.len) != NULL || memchr(s.data, '?', s.len) != NULL);
}

static void
find_endpoint(IamValidator *v, const char *message)
{
	iam_find_text(v, IAM_STAGE_KIND, "UNSUPPORTED_CONDITION", "VPCE-6", message);
}

static void
check_endpoint_value(IamValidator *v, IamOperator op, IamStr key, IamStr text)
{
	static const char *const generated[] = {"aws:PrincipalAccount",
	                                        "aws:PrincipalOrgID",
	                                        "aws:ResourceAccount",
	                                        "aws:ResourceOrgID",
	                                        "aws:SourceAccount",
	                                        "aws:SourceOrgID",
	                                        "aws:SourceVpc",
	                                        "aws:SourceVpce",
	                                        "aws:VpceAccount",
	                                        "aws:VpceOrgID",
	                                        NULL};
	bool                     like = op == IAM_OP_STRING_LIKE || op == IAM_OP_STRING_NOT_LIKE;
	IamArn                   arn;

	if (is_in(key, generated))
	{
		if (is_numeric(op))
			find_endpoint(v, "An endpoint policy cannot compare system-generated identifiers as "
			                 "numbers.");
		else if (like && has_wildcard(text))
			find_endpoint(v, "An endpoint policy cannot use wildcards in system-generated "
			                 "identifiers.");
	}
	else if (like && !has_literal_runs(text))
		find_endpoint(v, "In an endpoint policy a wildcard needs at least six consecutive "
		                 "characters next to it.");
	if (is_arn(op) && iam_arn_split(text, &arn) && has_wildcard(arn.account) &&
	    !iam_str_equal(arn.account, IAM_LIT("*")))
		find_endpoint(v, "In an endpoint policy the account of an ARN is an id or a wildcard, "
		                 "not both.");
}

/* ---- values ---- */

static void
check_value(IamValidator *v, const IamPartOperator *operator, IamStr key, IamStr text)
{
	IamOperator op = operator->op;
	bool             variable = v->variables && iam_has_variable(text);
	IamValue         value;
	IamStr name = operator->name.text;

	memset(&value, 0, sizeof value);
	iam_operator_value(v->arena, op, text, v->variables, &value);
	if (value.type == IAM_VALUE_UNUSABLE && is_date(op))
		iam_find_legacy(v, "INVALID_DATE", "COND-65a",
		                "This is not a date: YYYY-MM-DDThh:mm:ssZ or seconds since 1970.");
	else if (value.type == IAM_VALUE_UNUSABLE && !variable)
		iam_find(v, IAM_STAGE_WARNING, "TYPE_MISMATCH", "COND-65a",
		         iam_fill(v->arena, "% cannot compare this value: it matches nothing.", &name));
	if (takes_variables(op))
		iam_validate_variables(v, text);
	else if (variable && op == IAM_OP_BOOL)
		iam_find_text(v, IAM_STAGE_WARNING, "INVALID_VARIABLE_FOR_OPERATOR", "COND-69",
		              "AWS's pages disagree on whether Bool takes variables.");
	else if (variable)
		iam_find(v, IAM_STAGE_WARNING, "INVALID_VARIABLE_FOR_OPERATOR", "COND-69",
		         iam_fill(v->arena, "% takes no variables: this value matches nothing.", &name));
	if (v->kind == IAM_VALIDATE_ENDPOINT)
		check_endpoint_value(v, op, key, text);
}

static void
check_key(IamValidator *v, const IamPartOperator *operator, const IamPartKey * key)
{
	static const char *const multivalued[] = {"aws:CalledVia",
	                                          "aws:PrincipalOrgPaths",
	                                          "aws:PrincipalServiceNamesList",
	                                          "aws:ResourceOrgPaths",
	                                          "aws:SourceOrgPaths",
	                                          "aws:TagKeys",
	                                          "aws:VpceOrgPaths",
	                                          NULL};
	IamOperator op = operator->op;

	/* CTX-15; Null looks at the key as a whole */
	if (op != IAM_OP_NULL && (operator->flags &(IAM_COND_FOR_ALL | IAM_COND_FOR_ANY)) == 0 &&
	    is_in(key->key.text, multivalued))
		iam_find_text(v, IAM_STAGE_KIND, "MISSING_QUALIFIER", "COND-44", "Missing qualifier");
	if ((op == IAM_OP_BOOL || op == IAM_OP_NULL) && key->values.count > 1)
		iam_find_text(v, IAM_STAGE_WARNING, "MULTIPLE_BOOLEAN_VALUES", "COND-68",
		              "One boolean is enough: several are alternatives.");
	if (key->values.array && key->values.count == 0)
		iam_find_text(v, IAM_STAGE_WARNING, "EMPTY_ARRAY_CONDITION", "GRAM-8",
		              "An empty array holds no value to match.");
	for (uint32_t i = 0; i < key->values.count; i++)
	{
		const IamPartString *entry = &key->values.items[i];

		iam_place_entry(&v->place, &key->values, entry);
		check_value(v, operator, key->key.text, entry->text);
		iam_place_leave_entry(&v->place, &key->values);
	}
}

void
iam_validate_conditions(IamValidator *v, const IamPartStatement *statement)
{
	iam_place_member(&v->place, iam_element_names[IAM_ELEMENT_CONDITION]);
	for (uint32_t i = 0; i < statement->operator_count; i++)
	{
		const IamPartOperator *operator= & statement->operators[i];

		iam_place_member(&v->place, operator->name.text);
		if (operator->op == IAM_OP_NONE)
			iam_find_text(v, IAM_STAGE_WARNING, "INVALID_OPERATOR", "GRAM-8",
			              "This is not a condition operator; an empty block is always true.");
		else
			check_spelling(v, operator);
		for (uint32_t k = 0; k < operator->key_count; k++)
		{
			iam_place_member(&v->place, operator->keys[k].key.text);
			check_key(v, operator, & operator->keys[k]);
			iam_place_leave(&v->place, 1);
		}
		iam_place_leave(&v->place, 1);
	}
	iam_place_leave(&v->place, 1);
}
