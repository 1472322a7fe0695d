//! Which addresses may be reached. A watch's URL, a redirect and a name server's answer are all written by others: without this,
//! anybody who edits a watched page could have the daemon read the services of its own network.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use thiserror::Error;
use url::{Host, Url};

/// Why a URL is not fetched.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(super) enum Refused {
    /// Neither http nor https.
    #[error("{scheme} URLs are not fetched, only http and https")]
    Scheme {
        /// What it is instead.
        scheme: String,
    },
    /// The URL names no host.
    #[error("the URL names no host")]
    NoHost,
    /// A port that belongs to another protocol.
    #[error("port {port} of {host} is not one of a web server")]
    Port {
        /// The host.
        host: String,
        /// The port.
        port: u16,
    },
    /// The host is written as an address that is not on the public internet.
    #[error("{host} is {class}, which is not fetched")]
    Literal {
        /// The host as the URL names it.
        host: String,
        /// The kind of address, with its article.
        class: &'static str,
    },
    /// The host's name stands for an address that is not on the public internet.
    #[error("{host} is at {address}, {class}, which is not fetched")]
    Address {
        /// The name.
        host: String,
        /// The address it stands for.
        address: IpAddr,
        /// The kind of address, with its article.
        class: &'static str,
    },
    /// A name without any address.
    #[error("{host} has no address")]
    NoAddress {
        /// The name.
        host: String,
    },
}

/// Decides which addresses may be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Guard {
    /// Whether private, loopback and other non-public addresses may be reached as well.
    pub(super) allow_private: bool,
}

impl Guard {
    /// Checks what the URL itself says: its scheme, its port, and its host where that is an address. A name is checked when
    /// it is resolved; an address never is, because connectors don't ask a resolver about it.
    pub(super) fn check_url(self, url: &Url) -> Result<(), Refused> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Refused::Scheme { scheme: url.scheme().to_owned() });
        }
        let host = url.host().ok_or(Refused::NoHost)?;
        self.check_port(url, &host)?;
        let class = match host {
            Host::Domain(_) => None,
            Host::Ipv4(address) => self.forbids(address.into()),
            Host::Ipv6(address) => self.forbids(address.into()),
        };
        class.map_or(Ok(()), |class| Err(Refused::Literal { host: host.to_string(), class }))
    }

    /// Checks all addresses of a name. One forbidden address refuses the name: a server that mixes public and private
    /// addresses leaves it to chance, or to the second attempt, which of them is reached.
    pub(super) fn check_addresses(self, host: &str, addresses: &[SocketAddr]) -> Result<(), Refused> {
        if addresses.is_empty() {
            return Err(Refused::NoAddress { host: host.to_owned() });
        }
        let forbidden = addresses.iter().map(SocketAddr::ip).find_map(|address| Some((address, self.forbids(address)?)));
        forbidden.map_or(Ok(()), |(address, class)| Err(Refused::Address { host: host.to_owned(), address, class }))
    }

    /// Checks the addresses of a URL's host where somebody else will resolve it: a proxy may find others a moment later, and is then the one
    /// to refuse.
    pub(super) async fn check_name(self, url: &Url) -> Result<(), Refused> {
        let Some(Host::Domain(host)) = url.host() else { return Ok(()) };
        match tokio::net::lookup_host((host, 0)).await {
            Ok(addresses) => self.check_addresses(host, &addresses.collect::<Vec<_>>()),
            // Behind a proxy there may be no resolver.
            Err(_) => Ok(()),
        }
    }

    /// What kind of address it is, with its article, if it may not be reached.
    fn forbids(self, address: IpAddr) -> Option<&'static str> {
        forbidden_class(address).filter(|_| !self.allow_private)
    }

    /// The ports below 1024 belong to services such as SMTP, which would read a request as commands of their own.
    fn check_port(self, url: &Url, host: &Host<&str>) -> Result<(), Refused> {
        match url.port_or_known_default() {
            Some(80 | 443 | 1024..) | None => Ok(()),
            Some(_) if self.allow_private => Ok(()),
            Some(port) => Err(Refused::Port { host: host.to_string(), port }),
        }
    }
}

/// The system's resolver, which hands on an answer only where all of it passed the guard. As the connection is made to the
/// very addresses that were checked, a name can't point elsewhere a moment later.
#[derive(Debug, Clone)]
pub(super) struct GuardedResolver {
    guard: Guard,
    /// The operator's own proxy, which may stand anywhere.
    proxy: Option<String>,
}

impl GuardedResolver {
    /// A resolver that asks this guard.
    pub(super) fn new(guard: Guard, proxy: Option<String>) -> Self {
        Self { guard, proxy }
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = if self.proxy.as_deref() == Some(name.as_str()) { Guard { allow_private: true } } else { self.guard };
        Box::pin(async move {
            let host = name.as_str();
            let addresses: Vec<SocketAddr> = tokio::net::lookup_host((host, 0)).await?.collect();
            guard.check_addresses(host, &addresses)?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// The ranges of the IANA IPv4 special-purpose registry (RFC 6890 and its updates) that are not globally reachable, multicast
/// and reserved space, and the one public address behind which a cloud answers its own machines.
const FORBIDDEN_V4: &[(Ipv4Addr, u32, &str)] = &[
    (Ipv4Addr::UNSPECIFIED, 8, "an address of \"this network\""),
    (Ipv4Addr::new(10, 0, 0, 0), 8, "a private address"),
    (Ipv4Addr::new(100, 64, 0, 0), 10, "an address behind a carrier's NAT"),
    (Ipv4Addr::new(127, 0, 0, 0), 8, "a loopback address"),
    (Ipv4Addr::new(168, 63, 129, 16), 32, "a cloud's metadata address"),
    (Ipv4Addr::new(169, 254, 0, 0), 16, "a link-local address"),
    (Ipv4Addr::new(172, 16, 0, 0), 12, "a private address"),
    (Ipv4Addr::new(192, 0, 0, 0), 24, "an address for protocol assignments"),
    (Ipv4Addr::new(192, 0, 2, 0), 24, "a documentation address"),
    (Ipv4Addr::new(192, 88, 99, 0), 24, "a 6to4 relay's address"),
    (Ipv4Addr::new(192, 168, 0, 0), 16, "a private address"),
    (Ipv4Addr::new(198, 18, 0, 0), 15, "a benchmarking address"),
    (Ipv4Addr::new(198, 51, 100, 0), 24, "a documentation address"),
    (Ipv4Addr::new(203, 0, 113, 0), 24, "a documentation address"),
    (Ipv4Addr::new(224, 0, 0, 0), 4, "a multicast address"),
    (Ipv4Addr::new(240, 0, 0, 0), 4, "a reserved address"),
];

/// The same for IPv6, most telling first; what is left outside of `2000::/3` is reserved.
const FORBIDDEN_V6: &[(Ipv6Addr, u32, &str)] = &[
    (Ipv6Addr::UNSPECIFIED, 128, "the unspecified address"),
    (Ipv6Addr::LOCALHOST, 128, "a loopback address"),
    (Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, 0, 0), 48, "a local NAT64 address"),
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7, "a unique local address"),
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10, "a link-local address"),
    (Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8, "a multicast address"),
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23, "an address for protocol assignments"),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32, "a documentation address"),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16, "a 6to4 address"),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20, "a documentation address"),
];

/// The well-known prefix of NAT64 (RFC 6052): the last four bytes are the IPv4 address that is really reached. Machines with
/// IPv6 alone see every IPv4 site under it, so it is judged by that address.
const NAT64: Ipv6Addr = Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0);

/// The block that all public IPv6 addresses are in.
const GLOBAL_UNICAST: Ipv6Addr = Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0);

/// What kind of address it is, with its article, unless it is one of the public internet.
fn forbidden_class(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => forbidden_v4(address),
        IpAddr::V6(address) => forbidden_v6(address),
    }
}

fn forbidden_v4(address: Ipv4Addr) -> Option<&'static str> {
    let inside = |&&(network, length, _): &&(Ipv4Addr, u32, _)| (address.to_bits() ^ network.to_bits()) >> (32 - length) == 0;
    FORBIDDEN_V4.iter().find(inside).map(|&(_, _, class)| class)
}

fn forbidden_v6(address: Ipv6Addr) -> Option<&'static str> {
    if address.to_ipv4_mapped().is_some() {
        return Some("an IPv4 address in IPv6 clothes");
    }
    if in_v6(address, NAT64, 96) {
        let [.., a, b, c, d] = address.octets();
        return forbidden_v4(Ipv4Addr::new(a, b, c, d));
    }
    let listed = FORBIDDEN_V6.iter().find(|&&(network, length, _)| in_v6(address, network, length));
    match listed {
        Some(&(_, _, class)) => Some(class),
        None if in_v6(address, GLOBAL_UNICAST, 3) => None,
        None => Some("a reserved address"),
    }
}

fn in_v6(address: Ipv6Addr, network: Ipv6Addr, length: u32) -> bool {
    (address.to_bits() ^ network.to_bits()) >> (128 - length) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLIC: Guard = Guard { allow_private: false };
    const ANY: Guard = Guard { allow_private: true };

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn only_addresses_of_the_public_internet_are_reached() {
        let forbidden = [
            ("0.0.0.0", "this network"),
            ("0.255.255.255", "this network"),
            ("10.0.0.1", "private"),
            ("100.64.0.1", "carrier"),
            ("100.100.100.200", "carrier"),
            ("100.127.255.255", "carrier"),
            ("127.0.0.1", "loopback"),
            ("127.255.255.255", "loopback"),
            ("168.63.129.16", "metadata"),
            ("169.254.169.254", "link-local"),
            ("172.16.0.0", "private"),
            ("172.31.255.255", "private"),
            ("192.0.0.192", "protocol"),
            ("192.0.2.1", "documentation"),
            ("192.88.99.1", "6to4"),
            ("192.168.1.1", "private"),
            ("198.18.0.1", "benchmarking"),
            ("198.19.255.255", "benchmarking"),
            ("198.51.100.1", "documentation"),
            ("203.0.113.1", "documentation"),
            ("224.0.0.1", "multicast"),
            ("240.0.0.1", "reserved"),
            ("255.255.255.255", "reserved"),
            ("::", "unspecified"),
            ("::1", "loopback"),
            ("::127.0.0.1", "reserved"),
            ("::ffff:127.0.0.1", "IPv6 clothes"),
            ("::ffff:93.184.216.34", "IPv6 clothes"),
            ("64:ff9b::a00:1", "private"),
            ("64:ff9b::7f00:1", "loopback"),
            ("64:ff9b:1::1", "NAT64"),
            ("100::1", "reserved"),
            ("2001::1", "protocol"),
            ("2001:2::1", "protocol"),
            ("2001:20::1", "protocol"),
            ("2001:db8::1", "documentation"),
            ("2002:7f00:1::", "6to4"),
            ("3fff::1", "documentation"),
            ("4000::1", "reserved"),
            ("5f00::1", "reserved"),
            ("fc00::1", "unique local"),
            ("fd00:ec2::254", "unique local"),
            ("fe80::1", "link-local"),
            ("fec0::1", "reserved"),
            ("ff02::1", "multicast"),
        ];
        for (text, class) in forbidden {
            let found = forbidden_class(address(text));
            assert!(found.is_some_and(|found| found.contains(class)), "{text}: {found:?}");
            assert_eq!(ANY.forbids(address(text)), None);
        }
    }

    #[test]
    fn the_neighbours_of_forbidden_ranges_are_reached() {
        let public = [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "168.63.129.15",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.167.255.255",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "64:ff9b::101:101",
            "2000::1",
            "2001:200::1",
            "2003::1",
            "2606:4700:4700::1111",
            "2a00:1450:4001::1",
            "3ffe:ffff::1",
        ];
        for text in public {
            assert_eq!(forbidden_class(address(text)), None, "{text}");
        }
    }

    #[test]
    fn an_address_in_the_url_is_recognised_however_it_is_written() {
        let written = [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://127.1/",
            "http://127.0.0.1./",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://user@169.254.169.254/latest/meta-data",
            "https://１２７.0.0.1/",
        ];
        for text in written {
            let url = Url::parse(text).unwrap();
            assert!(matches!(PUBLIC.check_url(&url), Err(Refused::Literal { .. })), "{text}");
            assert_eq!(ANY.check_url(&url), Ok(()), "{text}");
        }
    }

    #[test]
    fn only_web_schemes_and_ports_are_fetched() {
        let check = |text: &str| PUBLIC.check_url(&Url::parse(text).unwrap());
        for text in ["https://example.org/", "http://example.org:8080/", "http://example.org:443/", "https://1.1.1.1/"] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
        for text in ["ftp://example.org/", "file:///etc/passwd", "gopher://example.org/", "data:text/html,x"] {
            assert!(matches!(check(text), Err(Refused::Scheme { .. })), "{text}");
        }
        for text in ["http://example.org:25/", "https://example.org:22/", "http://example.org:0/"] {
            assert!(matches!(check(text), Err(Refused::Port { .. })), "{text}");
        }
    }

    #[test]
    fn one_forbidden_address_refuses_the_name() {
        let public = SocketAddr::new(address("1.1.1.1"), 0);
        let private = SocketAddr::new(address("10.0.0.1"), 0);
        assert_eq!(PUBLIC.check_addresses("example.org", &[public]), Ok(()));
        let refused = PUBLIC.check_addresses("example.org", &[public, private]).unwrap_err();
        assert_eq!(refused.to_string(), "example.org is at 10.0.0.1, a private address, which is not fetched");
        let none = PUBLIC.check_addresses("example.org", &[]).unwrap_err();
        assert_eq!(none.to_string(), "example.org has no address");
    }

    #[tokio::test]
    async fn the_resolver_hands_on_vetted_addresses_only() {
        let Err(refused) = GuardedResolver::new(PUBLIC, None).resolve("localhost".parse().unwrap()).await else {
            panic!("localhost was let through");
        };
        assert!(matches!(refused.downcast_ref(), Some(Refused::Address { .. })), "{refused}");
        let own = GuardedResolver::new(PUBLIC, Some("localhost".to_owned())).resolve("localhost".parse().unwrap()).await;
        assert!(own.is_ok(), "the operator's own proxy may stand anywhere");
        let vetted = GuardedResolver::new(ANY, None).resolve("localhost".parse().unwrap()).await;
        assert!(vetted.is_ok_and(|addresses| addresses.into_iter().all(|found| found.ip().is_loopback())));
    }
}
