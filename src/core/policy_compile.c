/*
 * policy_compile.c: policy text to the image of policy.h: canonical text
 * (interface.md section 5, GRAM-41), then the arrays that evaluators read.
 *
 * The image depends on the canonical text alone, every byte of it is set, and
 * what the text means is told once, here: actions grouped by service, patterns
 * classified, condition values parsed.
 */
#include "policy_build.h"

#include "action.h"
#include "arn.h"
#include "context.h"
#include "image.h"
#include "json_out.h"
#include "principal.h"
#include "variable.h"

/* A string that canonical text holds escaped, to be stored again behind it. */
typedef struct Escaped
{
	struct Escaped *next;
	IamPartString  *string;
} Escaped;

typedef struct Compiler
{
	IamArena     *arena;
	IamBuf        image;
	IamPolicy     policy;
	IamStatement *statements;
	bool          variables; /* ${...} means something (VAR-9) */
	bool          depends;   /* the statement at hand depends on the caller */
	Escaped      *escaped;
	Escaped     **escaped_end;
} Compiler;

/* ---- canonical text ---- */

static void
write_string(Compiler *compiler, IamPartString *string)
{
	IamBuf  *image = &compiler->image;
	size_t   start = image->len;
	Escaped *escaped;

	iam_json_next(image);
	start = image->len;
	iam_json_string(image, string->text);
	string->slice = (IamSlice){(uint32_t) start + 1, string->text.len};
	if (image->len - start == (size_t) string->text.len + 2)
		return;
	escaped = iam_alloc(compiler->arena, sizeof *escaped);
	if (escaped == NULL)
		return;
	escaped->string = string;
	*compiler->escaped_end = escaped;
	compiler->escaped_end = &escaped->next;
}

static void
write_key(Compiler *compiler, IamPartString *key)
{
	write_string(compiler, key);
	iam_buf_char(&compiler->image, ':');
}

static void
write_list(Compiler *compiler, IamPartList *list)
{
	if (list->array)
		iam_buf_char(&compiler->image, '[');
	for (uint32_t i = 0; i < list->count; i++)
		write_string(compiler, &list->items[i]);
	if (list->array)
		iam_buf_char(&compiler->image, ']');
}

/* What was written since start, as a slice. */
static IamSlice
written(const Compiler *compiler, size_t start)
{
	return (IamSlice){(uint32_t) start, (uint32_t) (compiler->image.len - start)};
}

static IamSlice
write_principal(Compiler *compiler, IamPartStatement *part)
{
	IamBuf *image = &compiler->image;
	size_t  start = image->len;

	if (part->principal_count == 1 && part->principals[0].type.len == 0)
	{
		write_list(compiler, &part->principals[0].list);
		return written(compiler, start);
	}
	iam_buf_char(image, '{');
	for (uint32_t i = 0; i < part->principal_count; i++)
	{
		/* principal types need no escapes and no slice of their own */
		iam_json_next(image);
		iam_json_string(image, part->principals[i].type);
		iam_buf_char(image, ':');
		write_list(compiler, &part->principals[i].list);
	}
	iam_buf_char(image, '}');
	return written(compiler, start);
}

static IamSlice
write_condition(Compiler *compiler, IamPartStatement *part)
{
	IamBuf *image = &compiler->image;
	size_t  start = image->len;

	iam_buf_char(image, '{');
	for (uint32_t i = 0; i < part->operator_count; i++)
	{
		IamPartOperator *operator= & part->operators[i];

		write_key(compiler, &operator->name);
		iam_buf_char(image, '{');
		for (uint32_t k = 0; k < operator->key_count; k++)
		{
			write_key(compiler, &operator->keys[k].key);
			write_list(compiler, &operator->keys[k].values);
		}
		iam_buf_char(image, '}');
	}
	iam_buf_char(image, '}');
	return written(compiler, start);
}

static void
write_statement(Compiler *compiler, IamPartStatement *part, IamStatement *out)
{
	IamBuf *image = &compiler->image;
	size_t  start;

	iam_json_next(image);
	start = image->len;
	iam_buf_char(image, '{');
	if (part->flags & IAM_STMT_SID)
	{
		iam_json_key(image, "Sid");
		write_string(compiler, &part->sid);
	}
	iam_json_key_cstr(image, "Effect", part->flags & IAM_STMT_DENY ? "Deny" : "Allow");
	if (part->flags & (IAM_STMT_PRINCIPAL | IAM_STMT_NOT_PRINCIPAL))
	{
		iam_json_key(image, part->flags & IAM_STMT_PRINCIPAL ? "Principal" : "NotPrincipal");
		out->principal_text = write_principal(compiler, part);
	}
	iam_json_key(image, part->flags & IAM_STMT_NOT_ACTION ? "NotAction" : "Action");
	write_list(compiler, &part->actions);
	if (part->flags & (IAM_STMT_RESOURCE | IAM_STMT_NOT_RESOURCE))
	{
		iam_json_key(image, part->flags & IAM_STMT_RESOURCE ? "Resource" : "NotResource");
		write_list(compiler, &part->resources);
	}
	if (part->flags & IAM_STMT_CONDITION)
	{
		iam_json_key(image, "Condition");
		out->condition_text = write_condition(compiler, part);
	}
	iam_buf_char(image, '}');
	out->text = written(compiler, start);
}

static void
write_policy(Compiler *compiler, IamPartPolicy *parts)
{
	IamBuf *image = &compiler->image;
	size_t  start = image->len;

	iam_buf_char(image, '{');
	if (parts->version != IAM_VERSION_ABSENT)
		iam_json_key_cstr(image, "Version", parts->version == IAM_VERSION_2012 ? "2012-10-17" : "2008-10-17");
	if (parts->has_id)
	{
		iam_json_key(image, "Id");
		write_string(compiler, &parts->id);
	}
	iam_json_key(image, "Statement");
	if (parts->statement_array)
		iam_buf_char(image, '[');
	for (uint32_t i = 0; i < parts->statement_count; i++)
	{
		iam_poll(compiler->arena);
		write_statement(compiler, &parts->statements[i], &compiler->statements[i]);
	}
	iam_buf_cstr(image, parts->statement_array ? "]}" : "}");
	compiler->policy.text = written(compiler, start);
	for (Escaped *e = compiler->escaped; e != NULL; e = e->next)
		e->string->slice = iam_image_str(image, e->string->text);
	if (parts->has_id)
		compiler->policy.id = parts->id.slice;
	for (uint32_t i = 0; i < parts->statement_count; i++)
		if (parts->statements[i].flags & IAM_STMT_SID)
			compiler->statements[i].sid = parts->statements[i].sid.slice;
}

/* ---- arrays ---- */

/* Where the image holds a part of a string that it holds. */
static IamSlice
part_slice(const IamPartString *string, IamStr part)
{
	if (part.data == NULL)
		return (IamSlice){0, 0};
	return (IamSlice){string->slice.off + (uint32_t) (part.data - string->text.data), part.len};
}

static void
compile_principals(Compiler *compiler, const IamPartStatement *part, IamStatement *out)
{
	IamPrincipal *principal;

	for (uint32_t i = 0; i < part->principal_count; i++)
		out->principal_count += part->principals[i].list.count;
	/* who holds a boundary is denied by NotPrincipal whatever it lists (PRIN-33) */
	if (part->flags & IAM_STMT_NOT_PRINCIPAL)
		compiler->depends = true;
	if (out->principal_count == 0)
		return;
	out->principal_off = iam_buf_reserve(&compiler->image, out->principal_count * sizeof *principal);
	if (compiler->arena->failed)
		return;
	principal = (IamPrincipal *) (compiler->image.data + out->principal_off);
	for (uint32_t i = 0; i < part->principal_count; i++)
	{
		const IamPartPrincipals *group = &part->principals[i];

		for (uint32_t j = 0; j < group->list.count; j++, principal++)
		{
			const IamPartString *entry = &group->list.items[j];
			IamStr               account;
			IamStr               partition;

			principal->form = (uint8_t) iam_principal_form(group->type, entry->text, &account, &partition);
			principal->text = entry->slice;
			principal->account = part_slice(entry, account);
			principal->partition = part_slice(entry, partition);
			/* {"AWS": "*"} too: it leaves out federated callers (PRIN-2) */
			if (principal->form != IAM_PRINCIPAL_EVERYONE)
				compiler->depends = true;
		}
	}
}

typedef struct ActionItem
{
	IamAction action;
	IamStr    service;
	uint32_t  service_hash;
	bool      grouped;
} ActionItem;

static int
compare_number(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

static int
compare_services(const ActionItem *a, const ActionItem *b)
{
	int result = compare_number(a->service_hash, b->service_hash);

	for (uint32_t i = 0; result == 0 && i < a->service.len && i < b->service.len; i++)
		result = (uint8_t) iam_fold_char(a->service.data[i]) - (uint8_t) iam_fold_char(b->service.data[i]);
	return result != 0 ? result : compare_number(a->service.len, b->service.len);
}

/* Ungrouped last; by service, class, hash; the sort keeps the document's order of the rest. */
static int
compare_actions(const void *x, const void *y)
{
	const ActionItem *a = x;
	const ActionItem *b = y;
	int               result;

	if (a->grouped != b->grouped)
		return a->grouped ? -1 : 1;
	if (!a->grouped)
		return 0;
	result = compare_services(a, b);
	if (result == 0)
		result = compare_number(a->action.action_class, b->action.action_class);
	return result != 0 ? result : compare_number(a->action.hash, b->action.hash);
}

static void
read_action(const IamPartString *entry, IamStatement *out, ActionItem *item)
{
	IamStr service = IAM_NO_STR;
	IamStr name = IAM_NO_STR;
	IamActionClass class = iam_action_classify(entry->text, &service, &name);

	item->action.text = entry->slice;
	item->action.ordinal = entry->ordinal;
	item->action.action_class = (uint8_t) class;
	item->grouped = class == IAM_ACTION_EXACT || class == IAM_ACTION_PREFIX || class == IAM_ACTION_GLOB;
	if (class == IAM_ACTION_ANY)
		out->flags |= IAM_STMT_ANY_ACTION;
	if (!item->grouped)
		return;
	item->action.name = (uint32_t) (name.data - entry->text.data);
	if (class == IAM_ACTION_EXACT)
		item->action.hash = iam_hash32_fold(name);
	item->service = service;
	item->service_hash = iam_hash32_fold(service);
}

/* Counts an action into its service's entry. */
static void
count_action(IamService *service, uint8_t class)
{
	if (class == IAM_ACTION_EXACT)
		service->exact_count++;
	else if (class == IAM_ACTION_PREFIX)
		service->prefix_count++;
	else
		service->glob_count++;
}

static void
compile_actions(Compiler *compiler, const IamPartStatement *part, IamStatement *out)
{
	uint32_t     count = part->actions.count;
	ActionItem  *items = iam_alloc_array(compiler->arena, count, sizeof *items);
	ActionItem **sorted = iam_alloc_array(compiler->arena, count, sizeof *sorted);
	IamService  *services = iam_alloc_array(compiler->arena, count, sizeof *services);
	IamAction   *actions;

	if (items == NULL || sorted == NULL || services == NULL)
		return;
	for (uint32_t i = 0; i < count; i++)
	{
		read_action(&part->actions.items[i], out, &items[i]);
		sorted[i] = &items[i];
	}
	if (!iam_sort(compiler->arena, (void **) sorted, count, compare_actions))
		return;
	out->action_count = count;
	out->action_off = iam_buf_reserve(&compiler->image, count * sizeof *actions);
	if (compiler->arena->failed)
		return;
	actions = (IamAction *) (compiler->image.data + out->action_off);
	for (uint32_t i = 0; i < count; i++)
	{
		const ActionItem *item = sorted[i];

		actions[i] = item->action;
		if (!item->grouped)
			continue;
		if (i == 0 || compare_services(sorted[i - 1], item) != 0)
		{
			IamService *service = &services[out->service_count++];

			service->hash = item->service_hash;
			service->name = (IamSlice){item->action.text.off, item->service.len};
			service->first = i;
		}
		count_action(&services[out->service_count - 1], item->action.action_class);
	}
	if (out->service_count == 0)
		return;
	out->service_off = iam_buf_reserve(&compiler->image, out->service_count * sizeof *services);
	iam_image_put(&compiler->image, out->service_off, services, out->service_count * sizeof *services);
}

static void
visit_variable(void *ctx, IamStr key)
{
	Compiler *compiler = ctx;

	if (iam_key_depends_on_caller(key))
		compiler->depends = true;
}

static void
note_variables(Compiler *compiler, IamStr text)
{
	compiler->policy.flags |= IAM_HAS_VARIABLE;
	if (!compiler->depends)
		iam_visit_variables(text, visit_variable, compiler);
}

static void
compile_resources(Compiler *compiler, const IamPartStatement *part, IamStatement *out)
{
	IamPattern *patterns;

	out->resource_count = part->resources.count;
	if (out->resource_count == 0)
		return;
	out->resource_off = iam_buf_reserve(&compiler->image, out->resource_count * sizeof *patterns);
	if (compiler->arena->failed)
		return;
	patterns = (IamPattern *) (compiler->image.data + out->resource_off);
	for (uint32_t i = 0; i < out->resource_count; i++)
	{
		const IamPartString *entry = &part->resources.items[i];

		iam_pattern_classify(entry->text, compiler->variables, &patterns[i]);
		patterns[i].text = entry->slice;
		if (patterns[i].pattern_class == IAM_PATTERN_ANY)
			out->flags |= IAM_STMT_ANY_RESOURCE;
		if (patterns[i].flags & IAM_PATTERN_VARIABLE)
			note_variables(compiler, entry->text);
	}
}

static void
compile_values(Compiler *compiler, const IamPartList *list, IamCondition *out)
{
	out->value_count = list->count;
	if (list->count == 0)
		return;
	out->value_off = iam_buf_reserve(&compiler->image, list->count * sizeof(IamValue));
	for (uint32_t i = 0; i < list->count && !compiler->arena->failed; i++)
	{
		IamValue value;
		IamStr   data;

		memset(&value, 0, sizeof value);
		data = iam_operator_value(compiler->arena, (IamOperator) out->op, list->items[i].text,
		                          compiler->variables, &value);
		value.text = list->items[i].slice;
		value.data = (IamSlice){0, 0};
		value.reserved = 0;
		if (data.len > 0)
		{
			value.data.len = data.len;
			value.data.off = iam_buf_reserve(&compiler->image, data.len);
			iam_image_put(&compiler->image, value.data.off, data.data, data.len);
		}
		if (value.flags & IAM_VALUE_VARIABLE)
		{
			out->flags |= IAM_COND_VARIABLE;
			note_variables(compiler, list->items[i].text);
		}
		iam_image_put(&compiler->image, out->value_off + i * (uint32_t) sizeof value, &value, sizeof value);
	}
}

static void
compile_conditions(Compiler *compiler, const IamPartStatement *part, IamStatement *out)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < part->operator_count; i++)
		out->condition_count += part->operators[i].key_count;
	if (out->condition_count == 0)
		return;
	compiler->policy.flags |= IAM_HAS_CONDITION;
	out->condition_off = iam_buf_reserve(&compiler->image, out->condition_count * sizeof(IamCondition));
	for (uint32_t i = 0; i < part->operator_count; i++)
	{
		const IamPartOperator *operator= & part->operators[i];

		for (uint32_t k = 0; k < operator->key_count && !compiler->arena->failed; k++, n++)
		{
			const IamPartKey *key = &operator->keys[k];
			IamCondition             condition;

			memset(&condition, 0, sizeof condition);
			condition.op = (uint8_t) operator->op;
			condition.flags =        operator->flags;
			condition.key_hash = iam_hash32_fold(key->key.text);
			condition.op_text = operator->name.slice;
			condition.key = key->key.slice;
			compile_values(compiler, &key->values, &condition);
			if (iam_key_depends_on_caller(key->key.text))
				compiler->depends = true;
			iam_image_put(&compiler->image, out->condition_off + n * (uint32_t) sizeof condition, &condition,
			              sizeof condition);
		}
	}
}

static void
compile_statement(Compiler *compiler, const IamPartStatement *part, IamStatement *out)
{
	uint16_t *flags = &compiler->policy.flags;

	out->flags |= part->flags;
	compiler->depends = false;
	compile_principals(compiler, part, out);
	compile_actions(compiler, part, out);
	compile_resources(compiler, part, out);
	compile_conditions(compiler, part, out);
	if (compiler->depends)
	{
		out->flags |= IAM_STMT_DEPENDS_ON_CALLER;
		*flags |= IAM_DEPENDS_ON_CALLER;
	}
	*flags |= out->flags & IAM_STMT_DENY ? IAM_HAS_DENY : IAM_HAS_ALLOW;
	if (out->flags & IAM_STMT_PRINCIPAL)
		*flags |= IAM_HAS_PRINCIPAL;
	if (out->flags & IAM_STMT_NOT_PRINCIPAL)
		*flags |= IAM_HAS_NOT_PRINCIPAL;
	if (out->flags & IAM_STMT_NOT_ACTION)
		*flags |= IAM_HAS_NOT_ACTION;
	if (out->flags & IAM_STMT_NOT_RESOURCE)
		*flags |= IAM_HAS_NOT_RESOURCE;
}

static bool
compile(IamArena *arena, IamPartPolicy *parts, size_t expected, const char *path, const IamPolicy **out,
        IamError *err)
{
	Compiler    compiler = {.arena = arena, .escaped_end = NULL};
	IamPolicy  *policy = &compiler.policy;
	const void *image = NULL;
	uint64_t    hash;

	compiler.escaped_end = &compiler.escaped;
	compiler.variables = parts->version == IAM_VERSION_2012;
	compiler.statements = iam_alloc_array(arena, parts->statement_count, sizeof *compiler.statements);
	iam_image_begin(&compiler.image, arena, sizeof *policy, expected);
	if (arena->failed)
		return iam_fail(err, IAM_NO_MEMORY, path, "Out of memory.");
	policy->version = (uint8_t) parts->version;
	write_policy(&compiler, parts);
	if (arena->failed)
		return iam_fail(err, IAM_NO_MEMORY, path, "Out of memory.");
	if (policy->text.len > IAM_MAX_POLICY_BYTES)
		return iam_fail(err, IAM_OVER_LIMIT, path,
		                "The policy has %lu bytes as canonical text; the limit is %d.",
		                (unsigned long) policy->text.len, IAM_MAX_POLICY_BYTES);
	hash = iam_hash64((IamStr){compiler.image.data + policy->text.off, policy->text.len});
	policy->hash_low = (uint32_t) hash;
	policy->hash_high = (uint32_t) (hash >> 32);

	policy->statement_count = parts->statement_count;
	policy->statement_off = iam_buf_reserve(&compiler.image, parts->statement_count * sizeof(IamStatement));
	for (uint32_t i = 0; i < parts->statement_count && !arena->failed; i++)
	{
		iam_poll(arena);
		compile_statement(&compiler, &parts->statements[i], &compiler.statements[i]);
	}
	iam_image_put(&compiler.image, policy->statement_off, compiler.statements,
	              parts->statement_count * sizeof(IamStatement));
	if (!iam_image_end(&compiler.image, policy, sizeof *policy, IAM_IMAGE_POLICY, IAM_POLICY_FORMAT, &image,
	                   err))
		return false;
	*out = image;
	return true;
}

/* ---- entry points ---- */

/* Turns the first problem of the structure into the error. */
typedef struct ErrorSink
{
	IamProblemSink sink;
	IamError      *err;
	bool           key_case; /* pass over keys that differ only in case (GRAM-10) */
} ErrorSink;

static bool
report_error(IamProblemSink *sink, const IamPlace *place, IamProblem problem, const char *rule,
             const char *message)
{
	ErrorSink *errors = (ErrorSink *) sink;
	char       path[IAM_PLACE_BYTES];

	(void) rule;
	if (problem == IAM_PROBLEM_KEY_CASE && errors->key_case)
		return true;
	iam_place_write(place, path);
	return iam_fail(errors->err, problem == IAM_PROBLEM_LIMIT ? IAM_OVER_LIMIT : IAM_BAD_SYNTAX, path, "%s",
	                message);
}

static bool
compile_tree(IamArena *arena, const IamJson *json, size_t expected, const char *path, bool key_case,
             const IamPolicy **out, IamError *err)
{
	ErrorSink     sink = {{report_error}, err, key_case};
	IamPartPolicy parts;

	*out = NULL;
	if (!iam_policy_parse(arena, json, path, &sink.sink, &parts))
		return arena->failed ? iam_fail(err, IAM_NO_MEMORY, path, "Out of memory.") : false;
	return compile(arena, &parts, expected, path, out, err);
}

bool
iam_policy_compile(IamArena *arena, IamStr text, const IamPolicy **out, IamError *err)
{
	const IamJson *json;

	*out = NULL;
	if (!iam_json_parse(arena, text, IAM_MAX_POLICY_BYTES, &json, err))
		return false;
	return compile_tree(arena, json, 3 * (size_t) text.len, "$", false, out, err);
}

bool
iam_policy_compile_json(IamArena *arena, const IamJson *json, const char *path, const IamPolicy **out,
                        IamError *err)
{
	return compile_tree(arena, json, 4096, path, true, out, err);
}
