export type PresenterTheme = 'dark' | 'light';

/** Cookie of the view's own theme, so that it arrives right: a stage is dark even when the office is not. */
export const PRESENTER_THEME_COOKIE = 'presenter_theme';

/** Dark unless the cookie says otherwise. */
export function presenterTheme(cookie: string | undefined): PresenterTheme {
	return cookie === 'light' ? 'light' : 'dark';
}

/** Browser only. */
export function rememberTheme(theme: PresenterTheme): void {
	document.cookie = `${PRESENTER_THEME_COOKIE}=${theme}; path=/; max-age=31536000; samesite=lax`;
}
