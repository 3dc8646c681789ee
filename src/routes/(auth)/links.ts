import { resolve } from '$app/paths';
import { HOME_PATH } from '../safe-redirect.ts';

/** The address of the other form, which goes on to the same page. */
export function formAddress(form: 'sign-in' | 'register', redirectTo: string) {
	return redirectTo === HOME_PATH
		? resolve(`/${form}`)
		: resolve(`/${form}?redirectTo=${encodeURIComponent(redirectTo)}`);
}
