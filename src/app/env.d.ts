interface ImportMetaEnv {
  /** The version in package.json; set by the build. */
  readonly APP_VERSION: string;
}

/** Made by the plugin of the service worker. */
declare module 'virtual:pwa-register' {
  /** @returns fetches the newer version, and reloads the page with it where that is asked for */
  export function registerSW(options: {
    onNeedRefresh?(): void;
    onRegisteredSW?(url: string, registration: ServiceWorkerRegistration | undefined): void;
  }): (reload?: boolean) => Promise<void>;
}
