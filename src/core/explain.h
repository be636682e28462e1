/*
 * explain.h: iam_explain's answer: the same evaluation with a sink attached,
 * written as JSON (interface.md section 2).
 */
#ifndef IAM_EXPLAIN_H
#define IAM_EXPLAIN_H

#include "decide.h"

typedef struct IamNamedPolicy
{
	IamPolicyKind    kind;
	int              level;  /* SCP, RCP */
	IamStr           name;   /* ARN, inline name, or empty */
	bool             empty;  /* the gate or level exists and holds no policy */
	const IamPolicy *policy; /* NULL and not empty: missing or unreadable */
} IamNamedPolicy;

/* Decides over the listed policies: effects, gates, verdict. No explanation. */
bool
iam_evaluate_policies(IamArena *arena, const IamRequest *request, const IamCaller *caller,
                      const IamNamedPolicy *policies, uint32_t count, IamDecision *decision, IamError *err);

/* The same, written as the explanation's JSON object. assumptions: sentences to list besides its own. */
bool iam_explain_policies(IamArena *arena, const IamRequest *request, const IamCaller *caller,
                          const IamNamedPolicy *policies, uint32_t count, const IamStr *assumptions,
                          uint32_t assumption_count, IamBuf *out, IamError *err);

#endif
