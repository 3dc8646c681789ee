import { fail } from '@sveltejs/kit';
import { errorShape, findAppError } from '$lib/server/trpc/errors.ts';

/** Answers a form with the API's refusal as the form's message. A fault of ours is thrown on. */
export function formRefusal<Form extends { valid: boolean; message?: string }>(
	form: Form,
	cause: unknown,
	requestId: string
) {
	if (!findAppError(cause)) throw cause;
	const { message, data } = errorShape(cause, requestId);
	form.valid = false;
	form.message = message;
	return fail(data.httpStatus, { form });
}
