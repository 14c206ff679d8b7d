/// <reference types="vite-plugin-pwa/client" />

interface ImportMetaEnv {
  /** The version in package.json; set by the build. */
  readonly APP_VERSION: string;
}
