/*
 * evaluating.h: request documents written in place, for the tests of the
 * evaluator.  In the texts ' stands for ", so that they stay readable.
 */
#ifndef IAM_EVALUATING_H
#define IAM_EVALUATING_H

#include "iam_core.h"

#include "check.h"

#define ALLOW_ALL "{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Action':'*','Resource':'*'}]}"
#define ALLOW(action) "{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Action':'" action "','Resource':'*'}]}"
#define DENY(action) "{'Version':'2012-10-17','Statement':[{'Effect':'Deny','Action':'" action "','Resource':'*'}]}"
#define NAMING(effect, principal) \
	"{'Version':'2012-10-17','Statement':[{'Effect':'" effect "','Principal':" principal ",'Action':'*','Resource':'*'}]}"

/* A copy with the quotes put right. */
static inline IamStr
quoted_text(IamArena *arena, const char *text)
{
	IamStr		copy = iam_str_copy(arena, (IamStr) {text, (uint32_t) strlen(text)});

	for (uint32_t i = 0; i < copy.len; i++)
		if (copy.data[i] == '\'')
			((char *) copy.data)[i] = '"';
	return copy;
}

static inline bool
parse_document(IamArena *arena, const char *text, IamRequestDocument *doc)
{
	IamError	err;

	memset(&err, 0, sizeof err);
	if (iam_request_document_parse(arena, quoted_text(arena, text), doc, &err))
		return true;
	fprintf(stderr, "bad document: %s: %s\n%s\n", err.path, err.message, text);
	return false;
}

/* The decision's name; the document's errors go to stderr. */
static inline const char *
decision_of_text(const char *text)
{
	IamArena	arena;
	IamRequestDocument doc;
	IamDecision decision;
	IamError	err;
	const char *name = "error";

	iam_arena_init(&arena, &iam_malloc_host);
	if (parse_document(&arena, text, &doc)
		&& iam_evaluate_policies(&arena, doc.request, doc.caller, doc.policies, doc.policy_count, &decision, &err))
		name = iam_decision_name(decision);
	iam_arena_release(&arena);
	return name;
}

/* The explanation, in the arena and NUL-terminated. */
static inline const char *
explanation_of_text(IamArena *arena, const char *text)
{
	IamRequestDocument doc;
	IamError	err;
	IamBuf		out;

	iam_buf_init(&out, arena);
	if (!parse_document(arena, text, &doc)
		|| !iam_explain_policies(arena, doc.request, doc.caller, doc.policies, doc.policy_count, NULL, 0, &out, &err))
		return "error";
	iam_buf_char(&out, '\0');
	return out.data;
}

/* One line of a table of decisions. */
#define CHECK_DECISION(rule, want, document) \
	do { \
		const char *got_ = decision_of_text(document); \
		if (strcmp(got_, (want)) != 0) \
			fprintf(stderr, "got %s: ", got_); \
		CHECK_RULE(strcmp(got_, (want)) == 0, rule, want ": " document); \
	} while (0)

#endif
