/**
 * How the app is packaged: `npm run package`. Code is in an asar archive; what the system itself must open (native
 * modules and their libraries, exiftool with its interpreter's files) lies unpacked beside it, and the bridge, built for
 * this machine's kind, in the resources. No file associations.
 *
 * Electron's fuse `runAsNode` must stay on: the model's process and the decoders are forked from the core, which is a
 * utility process and cannot start others of that kind. What it gives away is the right to run other code under this
 * program's name; who can start programs as this user has that anyway.
 * @type {import('electron-builder').Configuration}
 */
export default {
  appId: 'org.keeplight.app',
  productName: 'Keeplight',
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: electron-builder fills these in.
  artifactName: '${productName}-${version}-${os}-${arch}.${ext}',
  copyright: 'Apache-2.0',
  directories: { output: 'release', buildResources: 'dist/icons' },
  asar: true,
  files: [
    'dist/app/**',
    'package.json',
    // Node for the browser shell and the command line; Electron brings its own.
    '!node_modules/node-{bin-darwin,darwin,linux,win}-*/**',
    // Sources that only building needs.
    '!node_modules/better-sqlite3/{deps,src}/**',
    '!node_modules/node-llama-cpp/llama/gitRelease.bundle',
    '!node_modules/{node-addon-api,node-api-headers}/**',
    // Of LiteRT the one build that is run, of MediaPipe the weights.
    '!node_modules/@litertjs/core/wasm/litert_wasm_{compat,jspi,threaded}_internal.*',
    '!node_modules/@mediapipe/face_detection/!(package.json|face_detection_full_range.tflite)',
    '!node_modules/@mediapipe/face_mesh/!(package.json|face_mesh_solution_packed_assets.data)',
    '!**/*.{md,map,d.ts,d.mts,d.cts}',
    // Other systems' programs. These stand here and not in the systems' own sections: electron-builder would take a
    // section that only excludes as "everything else".
    '!node_modules/better-sqlite3/prebuilds/!(${platform}*)',
    '!node_modules/@node-llama-cpp/!(*${arch}*)/**',
  ],
  asarUnpack: [
    'node_modules/**/*.{node,so,so.*,dylib,dll,exe}',
    'node_modules/@img/**',
    'node_modules/@node-llama-cpp/**',
    'node_modules/node-llama-cpp/llama/**',
    'node_modules/exiftool-vendored.{pl,exe}/**',
    'node_modules/trash/lib/**',
  ],
  extraResources: [
    {
      from: '.cache/bridge/${platform}-${arch}',
      to: 'bridge',
      // What it was built from and the program it is tested against stay behind.
      filter: ['**/*', '!source', '!source/**', '!objects', '!objects/**', '!llama-mtmd-cli*'],
    },
  ],
  // Native modules are Node-API and come built; nothing is rebuilt for Electron.
  npmRebuild: false,
  nodeGypRebuild: false,
  electronFuses: {
    runAsNode: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    onlyLoadAppFromAsar: true,
    // The archive's hash is in the signed program (macOS, Windows; Electron has no such check on Linux).
    enableEmbeddedAsarIntegrityValidation: true,
    enableCookieEncryption: true,
    loadBrowserProcessSpecificV8Snapshot: false,
    grantFileProtocolExtraPrivileges: false,
  },
  linux: {
    target: ['AppImage', 'deb'],
    icon: 'dist/icons/png',
    category: 'Graphics;Photography',
    synopsis: 'Cull, grade and understand ten thousand photos on your own machine',
  },
  deb: { depends: ['libgtk-3-0', 'libnss3', 'libgbm1', 'perl'], packageCategory: 'graphics' },
  mac: {
    target: ['dmg', 'zip'],
    icon: 'dist/icons/icon.icns',
    category: 'public.app-category.photography',
    darkModeSupport: true,
    hardenedRuntime: true,
  },
  win: {
    target: ['nsis'],
    icon: 'dist/icons/icon.ico',
  },
  nsis: { oneClick: false, perMachine: false, allowToChangeInstallationDirectory: true },
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: electron-builder fills these in.
};
