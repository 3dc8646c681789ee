/** Where superforms' client puts a form that is nested data; ours are flat (`dataType: 'form'`). */
const NESTED_DATA = '__superform_json';

/**
 * The fields of a form that was sent, for `superValidate`; none when it is no form. Superforms must not be
 * given the request itself: it would read nested data from it, in which a few hundred bytes that refer to
 * each other stand for gigabytes once they are copied, before any schema has seen them.
 */
export async function flatForm(request: Request): Promise<FormData> {
	const form = await request.formData().catch(() => new FormData());
	form.delete(NESTED_DATA);
	return form;
}
