// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "localcode",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "localcode", targets: ["localcode"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.0"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift.git", from: "0.2.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess.git", from: "1.0.2", traits: []),
        .package(url: "https://github.com/apple/swift-system.git", from: "1.5.0"),
    ],
    targets: [
        .executableTarget(name: "localcode", dependencies: ["Commands"], swiftSettings: strict),
        .target(name: "Commands", dependencies: ["LocalCodeCore"], swiftSettings: strict),
        .target(
            name: "LocalCodeCore",
            dependencies: [
                "CCurl", "COpenSSL", "CProcess",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "Yams", package: "Yams"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system", condition: .when(platforms: [.linux])),
            ],
            path: "Sources/Core",
            swiftSettings: strict
        ),
        .systemLibrary(
            name: "CCurl", pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]
        ),
        .systemLibrary(
            name: "COpenSSL", pkgConfig: "openssl",
            providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]
        ),
        .systemLibrary(name: "CProcess"),
        .target(
            name: "Support", dependencies: ["LocalCodeCore"], path: "Tests/Support", exclude: ["Python"],
            swiftSettings: strict
        ),
        .testTarget(name: "CoreTests", dependencies: ["LocalCodeCore", "Support"], swiftSettings: strict),
        .testTarget(
            name: "CommandsTests", dependencies: ["Commands", "LocalCodeCore", "Support"], swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests", dependencies: ["LocalCodeCore", "Support"],
            exclude: ["Python"], swiftSettings: strict
        ),
    ]
)
