/*
 * fuzz_request_document.c: request documents, and request and caller images,
 * from hostile bytes.
 *
 * What parses must pass its own image check and can be decided and explained.
 * Bytes that begin like an image go through the checks instead, and what they
 * let pass is read in every corner.
 */
#include "iam_core.h"

#include <stdlib.h>

static void
require(bool condition)
{
	if (!condition)
		abort();
}

static void
decide(IamArena *arena, const IamRequest *request, const IamCaller *caller,
	   const IamNamedPolicy *policies, uint32_t count)
{
	IamError	err;
	IamDecision decision;
	IamBuf		out;

	if (iam_evaluate_policies(arena, request, caller, policies, count, &decision, &err))
		require(decision >= IAM_EXPLICIT_DENY && decision <= IAM_ALLOWED);
	iam_buf_init(&out, arena);
	iam_explain_policies(arena, request, caller, policies, count, NULL, 0, &out, &err);
}

static void
try_document(IamArena *arena, const uint8_t *data, size_t size)
{
	IamRequestDocument doc;
	IamError	err;
	IamStr		text = {(const char *) data, (uint32_t) size};

	memset(&err, 0, sizeof err);
	if (!iam_request_document_parse(arena, text, &doc, &err))
	{
		require(err.status != IAM_OK && err.message[0] != 0);
		return;
	}
	require(iam_request_check(doc.request, doc.request->head.size, &err));
	require(iam_caller_check(doc.caller, doc.caller->head.size, &err));
	decide(arena, doc.request, doc.caller, doc.policies, doc.policy_count);
}

static void
try_image(IamArena *arena, const uint8_t *data, size_t size)
{
	IamRequestInput asked;
	IamCallerInput who;
	const IamRequest *request;
	const IamCaller *caller;
	IamError	err;
	void	   *image = iam_alloc(arena, size);
	bool		good_request;
	bool		good_caller;

	require(image != NULL);
	memcpy(image, data, size);
	memset(&asked, 0, sizeof asked);
	memset(&who, 0, sizeof who);
	asked.action = IAM_LIT("kms:Decrypt");
	asked.resource = IAM_LIT("arn:aws:kms:us-east-1:111122223333:key/k");
	who.principal = IAM_LIT("arn:aws:sts::111122223333:assumed-role/app/s1");
	require(iam_request_compile(arena, &asked, &request, &err));
	require(iam_caller_compile(arena, &who, &caller, &err));
	good_request = iam_request_check(image, size, &err);
	good_caller = iam_caller_check(image, size, &err);
	require(!good_request || !good_caller);
	if (good_request)
		request = image;
	if (good_caller)
		caller = image;
	if (good_request || good_caller)
		decide(arena, request, caller, NULL, 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	IamArena	arena;

	iam_arena_init(&arena, &iam_malloc_host);
	if (size >= sizeof(IamImage) && data[0] == IAM_REQUEST_FORMAT)
		try_image(&arena, data, size);
	else
		try_document(&arena, data, size);
	iam_arena_release(&arena);
	return 0;
}
