/*
 * request_document.h: the self-contained request document of interface.md
 * section 2: who, what, and the policies that apply.
 */
#ifndef IAM_REQUEST_DOCUMENT_H
#define IAM_REQUEST_DOCUMENT_H

#include "explain.h"

typedef struct IamRequestDocument
{
	const IamRequest     *request;
	const IamCaller      *caller;
	uint32_t              policy_count;
	const IamNamedPolicy *policies;
} IamRequestDocument;

/*
 * Unknown members, wrong types, an action without a colon, an unparsable ARN, a
 * policy that does not compile: errors with the member's JSON path.
 */
bool iam_request_document_parse(IamArena *arena, IamStr text, IamRequestDocument *out, IamError *err);

#endif
