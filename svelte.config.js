import adapter from '@sveltejs/adapter-node';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

/** @type {import('@sveltejs/kit').Config} */
export default {
	preprocess: vitePreprocess(),
	kit: {
		adapter: adapter(),
		// hooks.server.ts checks every request that may change something, whatever its content type
		// (auth/request-origin.ts). Kit's own check would also refuse the forms that Meta's servers post,
		// which carry neither an Origin nor a cookie.
		csrf: { trustedOrigins: ['*'] },
		csp: {
			mode: 'auto',
			directives: {
				'default-src': ['self'],
				'script-src': ['self'],
				// The hash: mode-watcher's rule that keeps colours from fading while the theme changes.
				'style-src': ['self', 'sha256-OWM7eqRFZQb+Ir51EYZz6GAUUG4Oy2fNwCWX0peasbE='],
				// Style attributes alone: the server renders them into pages (sizes of bars, places in the virtual
				// list), and headless components and toasts set them. They can't run code or load anything.
				'style-src-attr': ['unsafe-inline'],
				'img-src': ['self', 'data:'],
				'font-src': ['self'],
				'connect-src': ['self'],
				'object-src': ['none'],
				'media-src': ['none'],
				'frame-src': ['none'],
				'worker-src': ['none'],
				'manifest-src': ['self'],
				'base-uri': ['none'],
				'form-action': ['self'],
				'frame-ancestors': ['none']
			}
		}
	}
};
